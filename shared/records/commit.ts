import type { AuditEvent } from '../domain/values/audit-event.ts'
import type { Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { eventItem } from './audit-events.ts'

/**
 * A planned change: the writes, each with its condition, and the audit event that describes them; without one only
 * for data outside a customer's directory (a delivery's state). A plain value: a dry run shows `event.changes` and
 * commits nothing.
 */
export type Change = { writes: readonly Write[]; event?: AuditEvent | undefined }

/**
 * True if it writes nothing and only checks that what was read is still so; a stored idempotent response depends on
 * that.
 */
export const isEmpty = ({ writes, event }: Change): boolean =>
  event === undefined && writes.every((write) => 'check' in write)

/**
 * Commits in one transaction: `first` (a delivery's state, an idempotency record), the Change, its audit event. A
 * failed condition of `first` takes precedence over one of the Change.
 */
export async function commit(table: Table, change: Change, first: readonly Write[] = []): Promise<void> {
  const { writes, event } = change
  const eventWrites: Write[] = event
    ? [{ put: eventItem(event), expectedVersion: 'absent', timedBy: 'committedAt' }]
    : []
  await table.transact([...first, ...writes, ...eventWrites])
}
