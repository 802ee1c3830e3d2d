import type { Version } from '../../shared/table/item.ts'
import type { ReviewProgress } from '../../shared/table/reviews.ts'
import { progressItem } from '../../shared/table/reviews.ts'
import type { Table } from '../../shared/table/table.ts'

/** Writes down how far a walk has come, and returns the version it has then. Fails as stale if somebody else is at it. */
export async function keepProgress(table: Table, progress: ReviewProgress, was: Version): Promise<number> {
  await table.transact([{ put: progressItem(progress), was }])
  return (was ?? 0) + 1
}
