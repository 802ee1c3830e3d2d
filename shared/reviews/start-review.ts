import { ulid } from 'ulid'
import type { Context } from '../directory/change/change-plan.ts'
import type { Customer } from '../domain/entities/customer.ts'
import { DomainError } from '../domain/values/errors.ts'
import { dateOf } from '../domain/values/instant.ts'
import type { Expected } from '../table/item.ts'
import type { Review } from './model/review.ts'
import { policyInForce } from './policy/policy-in-force.ts'
import type { ReviewScope } from './policy/review-policy.ts'
import type { ReviewSchedule } from './policy/review-schedule.ts'
import { moveReview } from './transition.ts'

/**
 * A review of what is in the scope, or of what the policy says. The items are made by the worker that this wakes. A customer
 * has one review at a time.
 */
export function startReview(
  context: Context,
  customer: Customer,
  schedule: Expected<ReviewSchedule>,
  scope?: ReviewScope,
): ReturnType<typeof moveReview> {
  const { now, actor } = context
  if (customer.status !== 'active') {
    throw new DomainError('conflict', `the customer is ${customer.status}: nobody could decide anything`)
  }
  if (schedule.current !== undefined) {
    throw new DomainError('conflict', `review ${schedule.current} is under way: end or cancel it first`)
  }
  const policy = policyInForce(schedule, now)
  const review: Review = {
    id: ulid(dateOf(now).getTime()),
    customerId: customer.id,
    state: 'opening',
    startedBy: actor,
    policy: { ...policy, scope: scope ?? policy.scope },
    startedAt: now,
    reminded: [],
  }
  return moveReview(context, { schedule }, review, 'review.started')
}
