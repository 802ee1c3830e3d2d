import { type Context, type ChangePlan, changePlan } from '../directory/change/change-plan.ts'
import type { AuditEventType } from '../domain/values/audit-event.ts'
import type { Instant } from '../domain/values/instant.ts'
import { type Expected, type Versioned, versionOf, type Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { reviewChange } from './audit-views.ts'
import { isUnderWay, nextRunAt, type Review } from './model/review.ts'
import { nextStart, type ReviewSchedule, startedByClock } from './policy/review-schedule.ts'
import { scheduleItem, findSchedule, reviewRecord } from './store.ts'

/** A customer's calendar as it is, or as it begins: with the default policy, and with uses known from now on. */
export async function readSchedule(
  table: Table,
  customerId: string,
  now: Instant,
): Promise<Expected<ReviewSchedule>> {
  return (await findSchedule(table, customerId)) ?? { customerId, since: now, version: 'absent' }
}

/** Begins the calendar of a customer that has none; false if it has. */
export async function beginSchedule(table: Table, customerId: string, now: Instant): Promise<boolean> {
  const schedule: ReviewSchedule = { customerId, since: now }
  return table.putNew(scheduleItem({ ...schedule, due: nextStart(schedule) }))
}

/** A review and the calendar of its customer, as they were read. */
export type ReviewWithSchedule = {
  review: Versioned<Review>
  schedule: Expected<ReviewSchedule>
}

/**
 * A review's next state, or its first one where there is none at hand, on the condition that nobody has moved it: it and the calendar, which names the one under way and
 * when the clock has to look, change together.
 */
export function moveReview(
  context: Context,
  { review: before, schedule }: Pick<ReviewWithSchedule, 'schedule'> & Partial<ReviewWithSchedule>,
  after: Review,
  eventType: AuditEventType,
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
    { put: reviewRecord(after), expectedVersion: versionOf(before) },
    { put: scheduleItem({ ...updated, due }), expectedVersion: schedule.version },
  ]
  return changePlan(context, {
    customerId: after.customerId,
    eventType,
    writes,
    changes: [reviewChange({ before, after })],
    after,
  })
}

/** When the clock looks again; no Change of anything that people see. */
export async function scheduleNextRun(
  table: Table,
  schedule: Expected<ReviewSchedule>,
  due: Instant | undefined,
): Promise<void> {
  await table.transact([{ put: scheduleItem({ ...schedule, due }), expectedVersion: schedule.version }])
}
