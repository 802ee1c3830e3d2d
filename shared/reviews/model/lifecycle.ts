import type { Customer } from '../../domain/entities/customer.ts'
import type { Actor } from '../../domain/values/actor.ts'
import { DomainError } from '../../domain/values/errors.ts'
import {
  addDays,
  addMilliseconds,
  dateOf,
  type Instant,
  instantOfStamp,
  presentInstant,
} from '../../domain/values/instant.ts'
import type { ReminderMark, ReminderRound } from './reminder.ts'
import type { Review, ReviewOutcomes, ReviewState } from './review.ts'
import type { RevocationCap } from './revocation-cap.ts'

/*
 * All transitions of a review, as pure functions; workers and the API choose one and save the result.
 *
 *            open              apply               close
 *   opening ──────▶ open ────────────────▶ applying ──────▶ closed
 *      │            │ ▲ │                   ▲   │
 *      │            │ └─┘ pause, resume,    └───┘ setCap
 *      │            │     remind, missReminders
 *      └────────────┴──────▶ cancelled
 *             cancel
 */

/** Types of the audit events of these transitions. */
export type ReviewEventType =
  | 'review.started'
  | 'review.opened'
  | 'review.paused'
  | 'review.resumed'
  | 'review.reminded'
  | 'review.reminders-missed'
  | 'review.applying'
  | 'review.settled'
  | 'review.closed'
  | 'review.cancelled'

type Start = Pick<Review, 'id' | 'customerId' | 'policy' | 'startedBy' | 'startedAt'>

export const begin = (start: Start): Review => ({ ...start, state: 'opening', reminded: [] })

/** All items exist: people can decide from now on. */
export function open(review: Review, items: number, now: Instant): Review {
  check(review, 'opened', 'opening')
  return { ...review, state: 'open', items, openedAt: now, endsAt: addDays(now, review.policy.days) }
}

/** Stops the clock from the start of the customer's suspension on, however late that is found. */
export function pause(review: Review, { stamps }: Pick<Customer, 'stamps'>, now: Instant): Review {
  check(review, 'paused', 'open')
  const { openedAt = '' } = review
  const since = instantOfStamp(stamps.status)
  if (since < openedAt) return { ...review, pausedAt: openedAt }
  return { ...review, pausedAt: since < now ? since : now }
}

/** Moves the end by the time in which nobody could decide. */
export function resume(review: Review, now: Instant): Review {
  check(review, 'resumed', 'open')
  const { pausedAt = '', endsAt = '' } = review
  const paused = dateOf(now).getTime() - dateOf(pausedAt).getTime()
  return { ...review, pausedAt: undefined, endsAt: addMilliseconds(endsAt, paused) }
}

/** Adds a round in which so many reviewers were reminded, after the rounds that the clock found too late. */
export function remind(
  review: Review,
  { mark, told, missed }: Pick<ReminderRound, 'mark' | 'told'> & { missed: readonly ReminderMark[] },
  now: Instant,
): Review {
  const { reminded } = missReminders(review, missed, now)
  return { ...review, reminded: [...reminded, { mark, at: now, told }] }
}

/** Adds rounds that the clock found too late: nobody is reminded. */
export function missReminders(review: Review, marks: readonly ReminderMark[], now: Instant): Review {
  check(review, 'reminded of', 'open')
  const missed = marks.map((mark): ReminderRound => ({ mark, at: now, told: 0, missed: true }))
  return { ...review, reminded: [...review.reminded, ...missed] }
}

/** Ends the time for decisions. */
export function apply(review: Review, appliedBy: Actor, now: Instant): Review {
  check(review, 'applied', 'open')
  return { ...review, state: 'applying', applyingAt: now, appliedBy, pausedAt: undefined }
}

/** Caps the revocations without a decision, once all items agree with the directory. */
export function setCap(review: Review, brake: RevocationCap): Review {
  check(review, 'settled', 'applying')
  return { ...review, brake }
}

export function close(review: Review, outcomes: ReviewOutcomes, now: Instant): Review {
  check(review, 'closed', 'applying')
  return { ...review, state: 'closed', closedAt: now, outcomes }
}

/** Ends it without any effect. A review that is being applied can't be called back. */
export function cancel(review: Review, cancelledBy: Actor, now: Instant, because?: string): Review {
  check(review, 'cancelled', 'opening', 'open')
  return {
    ...review,
    state: 'cancelled',
    cancelledAt: now,
    cancelledBy,
    cancelledBecause: because,
    pausedAt: undefined,
  }
}

/** Throws `conflict` unless the review is in one of these states. */
function check({ state }: Review, done: string, ...states: readonly ReviewState[]): void {
  if (states.includes(state)) return
  const message = `a review can be ${done} while it is ${states.join(' or ')}; this one is ${state}`
  throw new DomainError('conflict', message)
}

/** A reminder round to come, or the `end` of the time for decisions. */
type UpcomingDeadline = { at: Instant; mark: ReminderMark | 'end' }

/** Deadlines that an open review hasn't handled yet, in order of time. */
export function upcomingDeadlines({ endsAt, policy, reminded, openedAt }: Review): UpcomingDeadline[] {
  if (endsAt === undefined || openedAt === undefined) return []
  const done = new Set<string>(reminded.map(({ mark }) => mark))
  const all: UpcomingDeadline[] = [
    { at: openedAt, mark: 'opened' },
    ...policy.reminders.map((days) => ({ at: addDays(endsAt, -days), mark: `${days}d` as const })),
    { at: endsAt, mark: 'end' },
  ]
  return all.filter(({ mark }) => !done.has(mark)).sort((one, other) => (one.at < other.at ? -1 : 1))
}

/** When the worker has to advance a review that is under way. */
export function nextRunAt(review: Review, now: Instant): Instant {
  if (review.state !== 'open') return now
  return upcomingDeadlines(review)[0]?.at ?? now
}

type Clocked = Pick<Review, 'state' | 'endsAt' | 'pausedAt' | 'applyingAt'>
type Suspendable = Pick<Customer, 'status' | 'stamps'>

/**
 * Returns when decisions end: at the end of the review, whether or not a worker has run since. `undefined`: a suspension
 * that began before the end stops the clock, also where no worker has paused or resumed the review yet.
 */
export function deadlineOf(
  { endsAt, pausedAt }: Pick<Clocked, 'endsAt' | 'pausedAt'>,
  { status, stamps }: Suspendable,
): Instant | undefined {
  const stoppedAt = pausedAt ?? (status === 'suspended' ? instantOfStamp(stamps.status) : undefined)
  return endsAt !== undefined && stoppedAt !== undefined && stoppedAt < endsAt ? undefined : endsAt
}

/** Returns when the time for decisions ended, by the clock or by applying the review; `undefined`: it hasn't. */
export function decisionsEndedAt(review: Clocked, customer: Suspendable, now: Instant): Instant | undefined {
  const { state, applyingAt, endsAt } = review
  if (applyingAt !== undefined) return endsAt !== undefined && endsAt < applyingAt ? endsAt : applyingAt
  const deadline = state === 'open' ? deadlineOf(review, customer) : undefined
  return deadline !== undefined && deadline <= now ? deadline : undefined
}

/** Returns why no item of the review can be decided on now; `undefined`: they can. */
export function whyClosed(review: Clocked, customer: Suspendable, now: Instant): string | undefined {
  if (review.state !== 'open') return `the review is ${review.state}: decisions count while it is open`
  const endedAt = decisionsEndedAt(review, customer, now)
  return endedAt && decisionsEnded(endedAt).message
}

/** The error of a decision that comes too late. */
export const decisionsEnded = (endedAt: Instant): DomainError =>
  new DomainError('conflict', `the time for decisions ended at ${presentInstant(endedAt)}`)
