import type { Customer } from '../../../shared/domain/customer.ts'
import { presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import type { ReviewCalendar } from '../../../shared/domain/review.ts'
import { nextStart, policyOf } from '../../../shared/domain/review.ts'
import { presentPolicy } from './review.ts'

/** As old as the customer where nobody has ever set one. */
export function presentReviewPolicy(customer: Customer, calendar: ReviewCalendar) {
  const { policySetAt = customer.createdAt, policyChangedAt = policySetAt } = calendar
  return {
    ...presentPolicy(policyOf(calendar)),
    nextReviewAt: customer.status === 'active' ? presentOptional(nextStart(calendar)) : undefined,
    createdAt: presentInstant(policySetAt),
    updatedAt: presentInstant(policyChangedAt),
  }
}
