import type { Instant } from '../../domain/values/instant.ts'

/** Why reviewers are reminded: the review has opened, or so many days are left, as `7d`. */
export type ReminderMark = 'opened' | `${number}d`

/** One reminding of all reviewers with undecided items; `told`: how many there were. `missed`: too late, nobody was reminded. */
export type ReminderRound = { mark: ReminderMark; at: Instant; told: number; missed?: true | undefined }

/** A message that reminds one reviewer of undecided items. */
export type Reminder = {
  customerId: string
  reviewId: string
  userId: string
  mark: ReminderMark
  /** Undecided items that this reviewer may decide, at `createdAt`. */
  pendingCount: number
  /** End of the review. */
  endsAt: Instant
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
