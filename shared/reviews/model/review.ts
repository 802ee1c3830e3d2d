import type { Actor } from '../../domain/values/actor.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { ReviewPolicy } from '../policy/review-policy.ts'
import type { ReminderRound } from './reminder.ts'
import type { OutcomeName } from './review-item.ts'
import type { RevocationCap } from './revocation-cap.ts'

export const reviewStates = ['opening', 'open', 'applying', 'closed', 'cancelled'] as const
export type ReviewState = (typeof reviewStates)[number]

/** One access review of a customer: each grant in its scope becomes an item, and each item ends with one outcome. */
export type Review = {
  id: string
  customerId: string
  /** `lifecycle.ts` has all transitions. */
  state: ReviewState
  startedBy: Actor
  /** The policy in force at the start, with the scope of this review. */
  policy: ReviewPolicy
  startedAt: Instant
  /** Start of the time for decisions, and how many items there were. */
  openedAt?: Instant | undefined
  items?: number | undefined
  /** End of the time for decisions. */
  endsAt?: Instant | undefined
  /** Start of the customer's suspension, which stops the clock. */
  pausedAt?: Instant | undefined
  /** Rounds so far, the oldest first, with those that the clock found too late. */
  reminded: readonly ReminderRound[]
  applyingAt?: Instant | undefined
  appliedBy?: Actor | undefined
  /** The cap on revocations without a decision; absent before the review is reconciled. */
  brake?: RevocationCap | undefined
  closedAt?: Instant | undefined
  cancelledAt?: Instant | undefined
  cancelledBy?: Actor | undefined
  cancelledBecause?: string | undefined
  /** How many items had each outcome. */
  outcomes?: ReviewOutcomes | undefined
}

export type ReviewOutcomes = Readonly<Partial<Record<OutcomeName, number>>>

/** True while a review is to be finished: a customer has one at most. */
export const isUnderWay = ({ state }: Review): boolean =>
  state === 'opening' || state === 'open' || state === 'applying'
