import type { Instant } from '../domain/values/instant.ts'

/** A message that invites a person to link a login to a user. */
export type Invitation = {
  customerId: string
  userId: string
  /** Number among the user's invitations, from 1; only the last one counts. */
  number: number
  /** True if somebody has requested it; false if it followed from a new user or address. */
  again: boolean
  createdAt: Instant
  /** When the message was handed over; absent until then. */
  sentAt?: Instant | undefined
  /** Why it isn't sent yet, or never will be. */
  problem?: string | undefined
  /** Next attempt, none before; absent once it's sent or abandoned. */
  due?: Instant | undefined
  /** Failed attempts. */
  failures?: number | undefined
}
