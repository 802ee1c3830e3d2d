import { findReviewers } from '../../shared/directory/find-reviewers.ts'
import type { Asker } from '../../shared/directory/list-readable.ts'
import { barred } from '../../shared/domain/decide.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import type { DomainError } from '../../shared/domain/errors.ts'
import { isId } from '../../shared/domain/id.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { Review } from '../../shared/domain/review.ts'
import type { ReviewItem } from '../../shared/domain/review-item.ts'
import { managesReviews, refusalOfReviewer } from '../../shared/domain/reviewer.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { findReview } from '../../shared/table/reviews.ts'
import type { Table } from '../../shared/table/table.ts'
import type { Call } from './call.ts'
import type { Access } from './deps.ts'
import { forbidden, missing, notFound } from './refusal.ts'

/** The review of that id, if there is one; ids that can't be one never get into a key. */
export async function readReview(table: Table, customerId: string, reviewId: string) {
  return isId(customerId) && isId(reviewId) ? findReview(table, customerId, reviewId) : undefined
}

/** Lets a caller at a review; `asker`: absent for an operator. Throws `forbidden` or `not-found`. */
export async function enterReview(
  table: Table,
  { customer, asker, now }: { customer: Customer; asker?: Asker | undefined; now: Instant },
  review: Versioned<Review> | undefined,
): Promise<NonNullable<Access['reviewing']>> {
  const reason = asker && barred(asker, 'review.manage')
  if (reason) throw missing(reason, 'review.manage')
  const reviewers = review && findReviewers(table, customer, review, now)
  const isIn = !asker || managesReviews(asker) || (await reviewers?.isReviewer(asker.user.id))
  if (!review || !reviewers || !isIn) throw notFound('review')
  return { review, reviewers }
}

export function reviewingOf({ access: { reviewing } }: Call): NonNullable<Access['reviewing']> {
  if (!reviewing) throw new Error('the route is not about a review')
  return reviewing
}

/** Whose items the caller sees: `undefined`, all of them; else those that this user may be asked about. */
export function seesOnlyOf({ access: { asker } }: Call): string | undefined {
  return asker && !managesReviews(asker) ? asker.user.id : undefined
}

/** Why the caller may not decide on an item, if so: 403 for what is its own, 404 for what it isn't asked about. */
export async function refusalToDecide(call: Call, item: ReviewItem): Promise<DomainError | undefined> {
  const { asker } = call.access
  if (!asker) return undefined
  const isAssigned =
    seesOnlyOf(call) !== undefined && (await reviewingOf(call).reviewers.isAssigned(asker.user.id, item))
  const reason = refusalOfReviewer(asker, item, isAssigned)
  if (reason === 'own') return forbidden('Nobody decides on what they hold themselves.')
  if (reason === 'no-grant') return notFound('review item')
  return reason && missing(reason, 'review.manage')
}
