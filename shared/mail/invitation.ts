import type { Instant } from '../domain/values/instant.ts'

/** Tells somebody of the user whose login they may become. */
export type Invitation = {
  customerId: string
  userId: string
  /** Of the user's, from 1; only the last one counts. */
  number: number
  /** Whether somebody has asked for it, instead of having created the user or changed the address. */
  again: boolean
  createdAt: Instant
  /** When the message was handed over; absent as long as it wasn't. */
  sentAt?: Instant | undefined
  /** Why it wasn't, or won't be. */
  problem?: string | undefined
  /** When it is tried next, and nobody tries it before; absent once it's sent, or given up. */
  due?: Instant | undefined
  /** Attempts that failed. */
  failures?: number | undefined
}
