import { nextStart, type ReviewCalendar, startedByClock } from '../domain/review-calendar.ts'
import { isUnderWay, nextLook, type Review } from '../domain/review.ts'
import type { Versioned, Write } from '../table/item.ts'
import { calendarItem, reviewRecord } from '../table/reviews.ts'
import { type Context, type Plan, planned } from './context.ts'
import { notBegun } from './read-calendar.ts'
import { reviewChange } from './review-audit-views.ts'

/** A review and the calendar of its customer, as they were read. */
export type ReviewAtHand = {
  review: Versioned<Review>
  calendar: Versioned<ReviewCalendar>
}

/**
 * A review's next state, or its first one where there is none at hand, on the condition that nobody has moved it: it and the calendar, which names the one under way and
 * when the clock has to look, change together.
 */
export function moveReview(
  context: Context,
  { review: before, calendar }: Pick<ReviewAtHand, 'calendar'> & Partial<ReviewAtHand>,
  after: Review,
  eventType: string,
): Plan<Review> & { outcome: 'applied' } {
  const underWay = isUnderWay(after)
  const updated: ReviewCalendar = {
    ...calendar,
    current: underWay ? after.id : undefined,
    // One that somebody starts besides doesn't move the next one.
    ...(before === undefined &&
      after.startedBy.kind === 'system' &&
      startedByClock(calendar, after.startedAt)),
  }
  const due = underWay ? nextLook(after, context.now) : nextStart(updated)
  const writes: Write[] = [
    { put: reviewRecord(after), was: before?.version },
    { put: calendarItem({ ...updated, due }), was: versionOf(calendar) },
  ]
  return planned(context, after.customerId, eventType, writes, [reviewChange({ before, after })], after)
}

export const versionOf = ({ version }: Versioned<ReviewCalendar>) =>
  version === notBegun ? undefined : version
