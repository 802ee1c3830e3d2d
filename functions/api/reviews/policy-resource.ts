import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { type Instant, presentInstant, presentOptional } from '../../../shared/domain/values/instant.ts'
import { transitionsOf } from '../../../shared/reviews/policy/policy-in-force.ts'
import { nextStart, policyOf, type ReviewSchedule } from '../../../shared/reviews/policy/review-schedule.ts'
import { type CurrentSchedule, readSchedule } from '../../../shared/reviews/transition.ts'
import { customerOf } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import { presentPolicy } from './resource.ts'

/** A policy that was never set is as old as its customer. */
function presentReviewPolicy(customer: Customer, schedule: ReviewSchedule, now: Instant) {
  const transitions = transitionsOf(schedule, now)
  const { policySetAt = customer.createdAt, policyChangedAt = policySetAt } = schedule
  return {
    ...presentPolicy(policyOf(schedule)),
    inForce: transitions.length > 0 ? transitions.map(presentTransition) : undefined,
    nextReviewAt: customer.status === 'active' ? presentOptional(nextStart(schedule)) : undefined,
    createdAt: presentInstant(policySetAt),
    updatedAt: presentInstant(policyChangedAt),
  }
}

type Transition = ReturnType<typeof transitionsOf>[number]

const presentTransition = ({ until, ...guarded }: Transition) => ({
  until: presentInstant(until),
  ...guarded,
})

export const reviewPolicyResource: Resource<ReviewSchedule, CurrentSchedule> = {
  schema: 'reviewPolicy',
  name: 'review policy',
  load: (call) => readSchedule(call.deps.table, customerOf(call).id, call.now),
  show: (call, schedule) => presentReviewPolicy(customerOf(call), schedule, call.now),
}
