import type { AuditEvent } from '../domain/values/audit-event.ts'
import type { Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { eventItem } from './audit-events.ts'

/**
 * What a use case plans: the writes, each with its condition, and the audit event that tells them; none only for what is
 * no part of a customer's directory (a delivery's state). A value without effects: a dry run shows `event.changes` and
 * commits nothing.
 */
export type Change = { writes: readonly Write[]; event?: AuditEvent | undefined }

/** True where it writes nothing: it only says what was read, which a record of its answer is kept on the condition of. */
export const isEmpty = ({ writes, event }: Change): boolean =>
  event === undefined && writes.every((write) => 'check' in write)

/**
 * One transaction: whatever has to become true with the Change (a delivery's state, an idempotency record), the Change,
 * its audit event. The first goes first, so that its refusal is the one that is told.
 */
export async function commit(table: Table, change: Change, first: readonly Write[] = []): Promise<void> {
  const { writes, event } = change
  const told: Write[] = event ? [{ put: eventItem(event), expectedVersion: 'absent' }] : []
  await table.transact([...first, ...writes, ...told])
}
