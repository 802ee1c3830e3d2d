import type { Customer } from '../../../shared/domain/customer.ts'
import { type Instant, presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import { transitionsOf } from '../../../shared/domain/policy-in-force.ts'
import { nextStart, policyOf, type ReviewCalendar } from '../../../shared/domain/review-calendar.ts'
import { presentPolicy } from './review.ts'

/** As old as the customer where nobody has ever set one. */
export function presentReviewPolicy(customer: Customer, calendar: ReviewCalendar, now: Instant) {
  const transitions = transitionsOf(calendar, now)
  const { policySetAt = customer.createdAt, policyChangedAt = policySetAt } = calendar
  return {
    ...presentPolicy(policyOf(calendar)),
    inForce: transitions.length > 0 ? transitions.map(presentTransition) : undefined,
    nextReviewAt: customer.status === 'active' ? presentOptional(nextStart(calendar)) : undefined,
    createdAt: presentInstant(policySetAt),
    updatedAt: presentInstant(policyChangedAt),
  }
}

type Transition = ReturnType<typeof transitionsOf>[number]

const presentTransition = ({ until, ...guarded }: Transition) => ({
  until: presentInstant(until),
  ...guarded,
})
