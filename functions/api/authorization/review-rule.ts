import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { blockedReason } from '../../../shared/domain/access/decide.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { createReviewerLookup } from '../../../shared/reviews/reviewer-lookup.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { managesReviews } from '../../../shared/reviews/model/reviewer.ts'
import { findReview } from '../../../shared/reviews/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import { missing, notFound } from './denial.ts'
import type { Access } from './deps.ts'

/** The review of that id, if there is one; ids that can't be one never get into a key. */
export async function readReview(table: Table, customerId: string, reviewId: string) {
  return isId(customerId) && isId(reviewId) ? findReview(table, customerId, reviewId) : undefined
}

/** Lets a caller at a review; `asker`: absent for an operator. Throws `forbidden` or `not-found`. */
export async function authorizeReview(
  table: Table,
  { customer, caller, now }: { customer: Customer; caller?: Caller | undefined; now: Instant },
  review: Versioned<Review> | undefined,
): Promise<NonNullable<Access['reviewing']>> {
  const reason = caller && blockedReason(caller, 'review.manage')
  if (reason) throw missing(reason, 'review.manage')
  const reviewers = review && createReviewerLookup(table, customer, review, now)
  const isIn = !caller || managesReviews(caller) || (await reviewers?.canReview(caller.user.id))
  if (!review || !reviewers || !isIn) throw notFound('review')
  return { review, reviewers }
}
