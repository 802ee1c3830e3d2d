import { ulid } from 'ulid'
import type { Customer } from '../domain/customer.ts'
import { DomainError } from '../domain/errors.ts'
import { dateOf } from '../domain/instant.ts'
import { policyInForce } from '../domain/policy-in-force.ts'
import type { ReviewCalendar } from '../domain/review-calendar.ts'
import type { ReviewScope } from '../domain/review-policy.ts'
import type { Review } from '../domain/review.ts'
import type { Versioned } from '../table/item.ts'
import type { Context } from './context.ts'
import { moveReview } from './move-review.ts'

/**
 * A review of what is in the scope, or of what the policy says. The items are made by the worker that this wakes. A customer
 * has one review at a time.
 */
export function startReview(
  context: Context,
  customer: Customer,
  calendar: Versioned<ReviewCalendar>,
  scope?: ReviewScope,
): ReturnType<typeof moveReview> {
  const { now, actor } = context
  if (customer.status !== 'active') {
    throw new DomainError('conflict', `the customer is ${customer.status}: nobody could decide anything`)
  }
  if (calendar.current !== undefined) {
    throw new DomainError('conflict', `review ${calendar.current} is under way: end or cancel it first`)
  }
  const policy = policyInForce(calendar, now)
  const review: Review = {
    id: ulid(dateOf(now).getTime()),
    customerId: customer.id,
    state: 'opening',
    startedBy: actor,
    policy: { ...policy, scope: scope ?? policy.scope },
    startedAt: now,
    reminded: [],
  }
  return moveReview(context, { calendar }, review, 'review.started')
}
