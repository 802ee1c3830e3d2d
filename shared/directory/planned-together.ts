import type { ResourceChange } from '../domain/audit-event.ts'
import type { Change } from '../table/commit.ts'
import type { Write } from '../table/item.ts'

/** A Change that becomes true with this besides, in one transaction with one event. */
export function plannedTogether(
  { writes, event }: Change,
  more: { writes: readonly Write[]; changes: readonly ResourceChange[] },
): Change {
  return {
    writes: [...writes, ...more.writes],
    event: event && { ...event, changes: [...event.changes, ...more.changes] },
  }
}
