import { blockedReason, decide } from '../../../shared/domain/access/decide.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { createReviewerLookup } from '../../../shared/reviews/reviewer-lookup.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { findReview } from '../../../shared/reviews/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { CustomerRule } from './customer-rule.ts'
import { permissionDenied, notFound } from './denial.ts'
import { usageBy } from '../../../shared/usage/record-usage.ts'

/** Returns undefined where there is no such review; a text that can't be an id never gets into a key. */
export async function readReview(table: Table, customerId: string, reviewId: string) {
  return isId(customerId) && isId(reviewId) ? findReview(table, customerId, reviewId) : undefined
}

/** Lets in operators, users who hold `review.manage`, and reviewers; to anybody else there is no such review. */
export const reviewRule: CustomerRule<Versioned<Review> | undefined> = {
  on: 'customer',
  load: async ({ deps, c, customerId }) => readReview(deps.table, customerId, c.req.param('r') ?? ''),
  decide: async ({ deps, customer, caller, ref, now }, review) => {
    const reason = caller && blockedReason(caller, action)
    if (reason) throw permissionDenied(reason, action)
    const decision = caller && decide(caller, action, ref)
    const reviewers = review && createReviewerLookup(deps.table, customer, review, now)
    const isIn = !caller || decision?.allowed || (await reviewers?.canReview(caller.user.id))
    if (!review || !reviewers || !isIn) throw notFound('review')
    const usage = decision && usageBy({ facts: caller, action, ref }, decision)
    return { reviewing: { review, reviewers }, usage }
  },
}

const action = 'review.manage'
