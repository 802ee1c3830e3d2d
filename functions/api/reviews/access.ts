import type { DomainError } from '../../../shared/domain/values/errors.ts'
import type { Deciding } from '../../../shared/reviews/decide-items.ts'
import { whyClosed } from '../../../shared/reviews/model/lifecycle.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { denialOfReviewer, managesReviews } from '../../../shared/reviews/model/reviewer.ts'
import { forbidden, notFound, permissionDenied } from '../authorization/denial.ts'
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

/** Returns why no item of the review can be decided on now; `undefined`: they can. */
export const whyLocked = (call: RequestContext): string | undefined =>
  whyClosed(reviewingOf(call).review, customerOf(call), call.now)

/** Returns the reviewer to whose items the caller is limited; `undefined`: the caller sees all. */
export function visibleReviewer({ access: { caller } }: RequestContext): string | undefined {
  return caller && !managesReviews(caller) ? caller.user.id : undefined
}

/** Returns why the caller may not decide on an item: 403 for the caller's own, 404 for items of other reviewers. */
export async function denialToDecide(
  call: RequestContext,
  item: ReviewItem,
): Promise<DomainError | undefined> {
  const { caller } = call.access
  if (!caller) return undefined
  const isAssigned =
    visibleReviewer(call) !== undefined && (await reviewingOf(call).reviewers.canDecide(caller.user.id, item))
  const reason = denialOfReviewer(caller, item, isAssigned)
  if (reason === 'own') return forbidden('Nobody decides on what they hold themselves.')
  if (reason === 'no-grant') return notFound('review item')
  return reason && permissionDenied(reason, 'review.manage')
}
