import { findReviewers } from '../../shared/directory/find-reviewers.ts'
import type { Asker } from '../../shared/directory/list-readable.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import { barred } from '../../shared/domain/decide.ts'
import { isId } from '../../shared/domain/id.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { Review } from '../../shared/domain/review.ts'
import { managesReviews } from '../../shared/domain/reviewer.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { findReview } from '../../shared/table/reviews.ts'
import type { Table } from '../../shared/table/table.ts'
import type { Access } from './deps.ts'
import { missing, notFound } from './refusal.ts'

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
