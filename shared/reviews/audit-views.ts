import { changeOf } from '../directory/change/audit-view.ts'
import { itemId, type ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { policyOf, type ReviewSchedule } from './policy/review-schedule.ts'

export const policyChange = changeOf<ReviewSchedule>('policy', ({ customerId }) => customerId, policyOf)
export const reviewChange = changeOf<Review>('review', ({ id }) => id, reviewView)
export const itemChange = changeOf<ReviewItem>(
  'review',
  (item) => `${item.reviewId}/${itemId(item)}`,
  itemView,
)

function reviewView({ state, policy, endsAt, items, brake, outcomes, ...review }: Review) {
  const { openedAt, pausedAt, cancelledBecause, reminded } = review
  return {
    state,
    policy,
    openedAt,
    endsAt,
    pausedAt,
    items,
    reminded: reminded.map(({ mark }) => mark),
    brake,
    outcomes,
    cancelledBecause,
  }
}

/** User and resource are in the change's id; the terms are here, so that a change of them shows. */
function itemView({ state, terms, decision, outcome, goneBecause, problem }: ReviewItem) {
  const { roles, capabilities, source, expiresAt } = terms
  return { state, roles, capabilities, source, expiresAt, decision, outcome, goneBecause, problem }
}
