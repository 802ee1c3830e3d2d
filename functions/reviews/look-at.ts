import { versionOf } from '../../shared/directory/move-review.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { ReviewCalendar } from '../../shared/domain/review-calendar.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { calendarItem } from '../../shared/table/reviews.ts'
import type { Table } from '../../shared/table/table.ts'

/** When the clock looks again; no Change of anything that people see. */
export async function lookAt(
  table: Table,
  calendar: Versioned<ReviewCalendar>,
  due: Instant | undefined,
): Promise<void> {
  await table.transact([{ put: calendarItem({ ...calendar, due }), was: versionOf(calendar) }])
}
