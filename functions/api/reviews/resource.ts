import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { Actor } from '../../../shared/domain/values/actor.ts'
import {
  type Instant,
  latest,
  presentInstant,
  presentOptional,
} from '../../../shared/domain/values/instant.ts'
import { decisionsEndedAt } from '../../../shared/reviews/model/lifecycle.ts'
import type { ReminderRound } from '../../../shared/reviews/model/reminder.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import type { RevocationCap } from '../../../shared/reviews/model/revocation-cap.ts'
import type { ReviewPolicy } from '../../../shared/reviews/policy/review-policy.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { notFound } from '../authorization/denial.ts'
import { customerOf, parameter } from '../authorization/request-context.ts'
import { readReview } from '../authorization/review-rule.ts'
import type { Resource } from '../routing/resource.ts'

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
    reminded: review.reminded.map(presentRound),
    applyingAt: presentOptional(review.applyingAt),
    appliedBy: appliedBy && presentActor(appliedBy),
    brake: brake && presentCap(brake),
    closedAt: presentOptional(review.closedAt),
    cancelledAt: presentOptional(review.cancelledAt),
    cancelledBy: review.cancelledBy && presentActor(review.cancelledBy),
    cancelledBecause,
    outcomes,
    createdAt: presentInstant(review.startedAt),
    updatedAt: presentInstant(lastChangeOf(review)),
  }
}

const presentCap = ({ population, taken, limit, candidates }: RevocationCap) => ({
  population,
  taken,
  limit,
  candidates,
})

/** Presents a customer's policy, or that of a review at its start. */
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

const presentRound = ({ mark, at, told, missed }: ReminderRound) => ({
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

export const reviewResource: Resource<Review, Versioned<Review>> = {
  schema: 'review',
  name: 'review',
  load: async (call) => {
    const { deps, access } = call
    const read = () => readReview(deps.table, customerOf(call).id, parameter(call, 'r'))
    const review = access.reviewing?.review ?? (await read())
    if (!review) throw notFound('review')
    return review
  },
  show: (call, review) => presentReview(review, customerOf(call), call.now),
}
