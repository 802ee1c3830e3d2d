import { type Context, type ChangePlan, changePlan } from '../directory/change/change-plan.ts'
import type { Instant } from '../domain/values/instant.ts'
import type { Versioned, Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { reviewChange } from './audit-views.ts'
import { isUnderWay, nextRunAt, type Review } from './model/review.ts'
import { nextStart, type ReviewSchedule, startedByClock } from './policy/review-schedule.ts'
import { scheduleItem, findSchedule, reviewRecord } from './store.ts'

/** Of a calendar that isn't there: a write that begins it has the condition that it still isn't. */
export const notBegun = 0

/** A customer's calendar as it is, or as it begins: with the default policy, and with uses known from now on. */
export async function readSchedule(
  table: Table,
  customerId: string,
  now: Instant,
): Promise<Versioned<ReviewSchedule>> {
  return (await findSchedule(table, customerId)) ?? { customerId, since: now, version: notBegun }
}

/** Begins the calendar of a customer that has none; false if it has. */
export async function beginSchedule(table: Table, customerId: string, now: Instant): Promise<boolean> {
  const schedule: ReviewSchedule = { customerId, since: now }
  return table.putNew(scheduleItem({ ...schedule, due: nextStart(schedule) }))
}

/** A review and the calendar of its customer, as they were read. */
export type ReviewWithSchedule = {
  review: Versioned<Review>
  schedule: Versioned<ReviewSchedule>
}

/**
 * A review's next state, or its first one where there is none at hand, on the condition that nobody has moved it: it and the calendar, which names the one under way and
 * when the clock has to look, change together.
 */
export function moveReview(
  context: Context,
  { review: before, schedule }: Pick<ReviewWithSchedule, 'schedule'> & Partial<ReviewWithSchedule>,
  after: Review,
  eventType: string,
): ChangePlan<Review> & { outcome: 'applied' } {
  const underWay = isUnderWay(after)
  const updated: ReviewSchedule = {
    ...schedule,
    current: underWay ? after.id : undefined,
    // One that somebody starts besides doesn't move the next one.
    ...(before === undefined &&
      after.startedBy.kind === 'system' &&
      startedByClock(schedule, after.startedAt)),
  }
  const due = underWay ? nextRunAt(after, context.now) : nextStart(updated)
  const writes: Write[] = [
    { put: reviewRecord(after), expectedVersion: before?.version },
    { put: scheduleItem({ ...updated, due }), expectedVersion: versionOf(schedule) },
  ]
  return changePlan(context, after.customerId, eventType, writes, [reviewChange({ before, after })], after)
}

export const versionOf = ({ version }: Versioned<ReviewSchedule>) =>
  version === notBegun ? undefined : version

/** When the clock looks again; no Change of anything that people see. */
export async function scheduleNextRun(
  table: Table,
  schedule: Versioned<ReviewSchedule>,
  due: Instant | undefined,
): Promise<void> {
  await table.transact([{ put: scheduleItem({ ...schedule, due }), expectedVersion: versionOf(schedule) }])
}
