import type { Instant } from '../../domain/values/instant.ts'

/** Tells somebody that decisions are owed. */
export type Reminder = {
  customerId: string
  reviewId: string
  userId: string
  /** The occasion: `opened`, or how many days before the end, as `7d`. */
  mark: string
  /** How many items this person may decide that nobody has decided. */
  pendingCount: number
  /** When the review ends. */
  endsAt: Instant
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
