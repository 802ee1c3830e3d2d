import type { Actor } from '../../../shared/domain/actor.ts'
import type { Customer } from '../../../shared/domain/customer.ts'
import type { Instant } from '../../../shared/domain/instant.ts'
import { latest, presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import type { Occasion, Review } from '../../../shared/domain/review.ts'
import { decisionsEndedAt } from '../../../shared/domain/review-deadline.ts'
import type { ReviewPolicy } from '../../../shared/domain/review-policy.ts'
import type { Brake } from '../../../shared/domain/settle.ts'

export function presentReview(review: Review, customer: Customer, now: Instant) {
  const { id, customerId, state, items, brake, cancelledBecause, outcomes, appliedBy } = review
  return {
    id,
    customerId,
    state,
    startedBy: presentActor(review.startedBy),
    policy: presentPolicy(review.policy),
    startedAt: presentInstant(review.startedAt),
    openedAt: presentOptional(review.openedAt),
    items,
    endsAt: presentOptional(review.endsAt),
    decisionsEndedAt: presentOptional(decisionsEndedAt(review, customer, now)),
    pausedAt: presentOptional(review.pausedAt),
    reminded: review.reminded.map(presentOccasion),
    applyingAt: presentOptional(review.applyingAt),
    appliedBy: appliedBy && presentActor(appliedBy),
    brake: brake && presentBrake(brake),
    closedAt: presentOptional(review.closedAt),
    cancelledAt: presentOptional(review.cancelledAt),
    cancelledBy: review.cancelledBy && presentActor(review.cancelledBy),
    cancelledBecause,
    outcomes,
    createdAt: presentInstant(review.startedAt),
    updatedAt: presentInstant(lastChangeOf(review)),
  }
}

const presentBrake = ({ population, taken, limit, candidates }: Brake) => ({
  population,
  taken,
  limit,
  candidates,
})

/** What is wanted of reviews; of a review, what was when it began. */
export function presentPolicy(policy: ReviewPolicy) {
  const { everyMonths, days, scope, reviewers, unanswered, largestShare, reminders } = policy
  const { projects, types, services, origins, unusedDays } = scope
  return {
    everyMonths,
    days,
    scope: { projects, types, services, origins, unusedDays },
    reviewers,
    unanswered,
    largestShare,
    reminders,
  }
}

const presentActor = ({ kind, id, name }: Actor) => ({ kind, id, name })

const presentOccasion = ({ mark, at, told, missed }: Occasion) => ({
  mark,
  at: presentInstant(at),
  told,
  missed,
})

function lastChangeOf(review: Review): Instant {
  const { startedAt, openedAt, pausedAt, applyingAt, closedAt, cancelledAt, reminded } = review
  const times = [
    startedAt,
    openedAt,
    pausedAt,
    applyingAt,
    closedAt,
    cancelledAt,
    ...reminded.map(({ at }) => at),
  ]
  return latest(times) ?? startedAt
}
