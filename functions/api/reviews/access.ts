import type { DomainError } from '../../../shared/domain/values/errors.ts'
import type { Deciding } from '../../../shared/reviews/decide-items.ts'
import { whyClosed } from '../../../shared/reviews/model/deadline.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { managesReviews, refusalOfReviewer } from '../../../shared/reviews/model/reviewer.ts'
import { forbidden, permissionDenied, notFound } from '../authorization/denial.ts'
import type { Access } from '../authorization/deps.ts'
import { type RequestContext, customerOf } from '../authorization/request-context.ts'

export function reviewingOf({ access: { reviewing } }: RequestContext): NonNullable<Access['reviewing']> {
  if (!reviewing) throw new Error('the route is not about a review')
  return reviewing
}

export const decidingAt = (call: RequestContext): Deciding => ({
  customer: customerOf(call),
  review: reviewingOf(call).review,
})

/** Why nothing can be decided about any item of the review now; `undefined`: it can. */
export const whyLocked = (call: RequestContext): string | undefined =>
  whyClosed(reviewingOf(call).review, customerOf(call), call.now)

/** Whose items the caller sees: `undefined`, all of them; else those that this user may be asked about. */
export function visibleReviewer({ access: { caller } }: RequestContext): string | undefined {
  return caller && !managesReviews(caller) ? caller.user.id : undefined
}

/** Why the caller may not decide on an item, if so: 403 for what is its own, 404 for what it isn't asked about. */
export async function denialToDecide(
  call: RequestContext,
  item: ReviewItem,
): Promise<DomainError | undefined> {
  const { caller } = call.access
  if (!caller) return undefined
  const isAssigned =
    visibleReviewer(call) !== undefined &&
    (await reviewingOf(call).reviewers.isAssigned(caller.user.id, item))
  const reason = refusalOfReviewer(caller, item, isAssigned)
  if (reason === 'own') return forbidden('Nobody decides on what they hold themselves.')
  if (reason === 'no-grant') return notFound('review item')
  return reason && permissionDenied(reason, 'review.manage')
}
