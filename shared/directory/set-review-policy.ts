import { replacePolicy } from '../domain/policy-in-force.ts'
import { nextStart, policyOf, type ReviewCalendar } from '../domain/review-calendar.ts'
import type { ReviewPolicy } from '../domain/review-policy.ts'
import { isSameJson } from '../domain/same.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { calendarItem } from '../table/reviews.ts'
import { type Context, type Plan, planned, unchanged } from './context.ts'
import { versionOf } from './move-review.ts'
import { policyChange } from './review-audit-views.ts'

/**
 * What is wanted of a customer's reviews from the next one on, or, where it takes more or leaves less time than before, from
 * those on that start seven days later; one that is under way keeps what it began with.
 */
export function setReviewPolicy(
  context: Context,
  calendar: Versioned<ReviewCalendar>,
  policy: ReviewPolicy,
): Plan<ReviewCalendar> {
  if (isSameJson(policyOf(calendar), policy)) {
    return unchanged(calendar, [{ key: keys.calendar(calendar.customerId), was: versionOf(calendar) }])
  }
  const { now } = context
  const updated: ReviewCalendar = {
    ...calendar,
    ...replacePolicy(calendar, policy, now),
    policySetAt: calendar.policySetAt ?? now,
    policyChangedAt: now,
  }
  const due = calendar.current === undefined ? nextStart(updated) : calendar.due
  return planned(
    context,
    calendar.customerId,
    'review-policy.set',
    [{ put: calendarItem({ ...updated, due }), was: versionOf(calendar) }],
    [policyChange({ before: calendar, after: updated })],
    updated,
  )
}
