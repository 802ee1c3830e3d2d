import type { Instant } from '../domain/instant.ts'
import { nextStart, type ReviewCalendar } from '../domain/review-calendar.ts'
import type { Versioned } from '../table/item.ts'
import { calendarItem, findCalendar } from '../table/reviews.ts'
import type { Table } from '../table/table.ts'

/** Of a calendar that isn't there: a write that begins it has the condition that it still isn't. */
export const notBegun = 0

/** A customer's calendar as it is, or as it begins: with the default policy, and with uses known from now on. */
export async function readCalendar(
  table: Table,
  customerId: string,
  now: Instant,
): Promise<Versioned<ReviewCalendar>> {
  return (await findCalendar(table, customerId)) ?? { customerId, since: now, version: notBegun }
}

/** Begins the calendar of a customer that has none; false if it has. */
export async function beginCalendar(table: Table, customerId: string, now: Instant): Promise<boolean> {
  const calendar: ReviewCalendar = { customerId, since: now }
  return table.putNew(calendarItem({ ...calendar, due: nextStart(calendar) }))
}
