import type { Customer } from '../../domain/entities/customer.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { type Instant, instantOfStamp, presentInstant } from '../../domain/values/instant.ts'
import type { Review } from './review.ts'

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
