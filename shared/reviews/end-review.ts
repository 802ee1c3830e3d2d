import type { Context } from '../directory/change/change-plan.ts'
import { DomainError } from '../domain/values/errors.ts'
import type { Review } from './model/review.ts'
import { moveReview, type ReviewWithSchedule } from './transition.ts'

/** Ends the time for decisions: from then on a worker applies what was decided, and the default of what wasn't. */
export function applyReview(
  context: Context,
  reviewContext: ReviewWithSchedule,
): ReturnType<typeof moveReview> {
  const { review } = reviewContext
  if (review.state !== 'open') throw notNow(review, 'applied', 'open')
  const { now, actor } = context
  const after: Review = {
    ...review,
    state: 'applying',
    applyingAt: now,
    appliedBy: actor,
    pausedAt: undefined,
  }
  return moveReview(context, reviewContext, after, 'review.applying')
}

/** Ends it without any effect. What is being applied can't be called back. */
export function cancelReview(
  context: Context,
  reviewContext: ReviewWithSchedule,
  because?: string,
): ReturnType<typeof moveReview> {
  const { review } = reviewContext
  if (review.state !== 'open' && review.state !== 'opening')
    throw notNow(review, 'cancelled', 'opening or open')
  const after: Review = {
    ...review,
    state: 'cancelled',
    cancelledAt: context.now,
    cancelledBy: context.actor,
    cancelledBecause: because ?? context.reason,
    pausedAt: undefined,
  }
  return moveReview(context, reviewContext, after, 'review.cancelled')
}

function notNow({ state }: Review, what: string, when: string): DomainError {
  return new DomainError('conflict', `a review can be ${what} while it is ${when}; this one is ${state}`)
}
