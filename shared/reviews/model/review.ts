import type { Actor } from '../../domain/values/actor.ts'
import { addDays, type Instant } from '../../domain/values/instant.ts'
import type { ReviewPolicy } from '../policy/review-policy.ts'
import type { RevocationCap } from './revocation-cap.ts'

export const reviewStates = ['opening', 'open', 'applying', 'closed', 'cancelled'] as const
export type ReviewState = (typeof reviewStates)[number]

/** One look at a customer's grants: each becomes an item, and each item has one outcome in the end. */
export type Review = {
  id: string
  customerId: string
  state: ReviewState
  startedBy: Actor
  /** As it was at the start, with the scope of this review. */
  policy: ReviewPolicy
  startedAt: Instant
  /** When decisions could be made, and how many grants there were. */
  openedAt?: Instant | undefined
  items?: number | undefined
  /** Until when decisions can be made. */
  endsAt?: Instant | undefined
  /** Since when the customer is suspended, which stops the clock. */
  pausedAt?: Instant | undefined
  /** Occasions on which those who owed decisions were told so, or on which nobody did because the clock stood still. */
  reminded: readonly ReminderRound[]
  applyingAt?: Instant | undefined
  appliedBy?: Actor | undefined
  /** What became of the items that nobody had decided, in numbers. */
  brake?: RevocationCap | undefined
  closedAt?: Instant | undefined
  cancelledAt?: Instant | undefined
  cancelledBy?: Actor | undefined
  cancelledBecause?: string | undefined
  /** How many items had each outcome. */
  outcomes?: Readonly<Record<string, number>> | undefined
}

/** `mark`: `opened`, or the days before the end as `7d`. */
export type ReminderRound = { mark: string; at: Instant; told: number; missed?: true | undefined }

/** True while a review is to be finished: a customer has one at most. */
export const isUnderWay = ({ state }: Review): boolean =>
  state === 'opening' || state === 'open' || state === 'applying'

/** What the clock finds in an open review: an occasion to remind, by its mark, or its `end`. */
type UpcomingDeadline = { at: Instant; mark: string }

/** Everything still to come in an open review, in order. */
export function upcomingDeadlines({ endsAt, policy, reminded, openedAt }: Review): UpcomingDeadline[] {
  if (endsAt === undefined || openedAt === undefined) return []
  const done = new Set(reminded.map(({ mark }) => mark))
  const before = policy.reminders.map((days) => ({ at: addDays(endsAt, -days), mark: `${days}d` }))
  const all = [{ at: openedAt, mark: 'opened' }, ...before, { at: endsAt, mark: 'end' }]
  return all.filter(({ mark }) => !done.has(mark)).sort((one, other) => (one.at < other.at ? -1 : 1))
}

/** When the clock has to look at a review that is under way. */
export function nextRunAt(review: Review, now: Instant): Instant {
  if (review.state !== 'open') return now
  return upcomingDeadlines(review)[0]?.at ?? now
}
