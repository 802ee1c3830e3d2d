import type { AuditEvent } from '../domain/audit-event.ts'
import type { Item } from './item.ts'
import { keys } from './keys.ts'
import type { Page, Position } from './query.ts'
import type { Table } from './table.ts'

export function eventItem(event: AuditEvent) {
  return { ...event, ...keys.event(event.customerId, event.id) }
}

const asEvent = (item: Item) => item as Item & AuditEvent

/** Newest first; `from` and `upTo` are ids, themselves included. */
export async function listEvents(
  table: Table,
  customerId: string,
  page: { limit: number; after?: Position | undefined; from?: string; upTo?: string },
): Promise<Page<AuditEvent>> {
  const { items, next } = await table.queryPage({
    partition: keys.event(customerId, '').pk,
    newestFirst: true,
    ...page,
  })
  return { items: items.map(asEvent), next }
}
