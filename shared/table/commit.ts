import type { AuditEvent } from '../domain/audit-event.ts'
import { eventItem } from './events.ts'
import type { Write } from './item.ts'
import type { Table } from './table.ts'

/**
 * What a use case plans: the writes, each with its condition, and the audit event that tells them. A value without
 * effects: a dry run shows `event.changes` and commits nothing.
 */
export type Change = { writes: readonly Write[]; event: AuditEvent }

/** One transaction: the Change, its audit event, and whatever has to become true with it (a delivery's state). */
export async function commit(table: Table, change: Change, alongside: readonly Write[] = []): Promise<void> {
  await table.transact([...change.writes, { put: eventItem(change.event), was: undefined }, ...alongside])
}
