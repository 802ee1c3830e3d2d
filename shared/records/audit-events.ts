import { encodeTime, incrementBase32, ulid } from 'ulid'
import type { AuditEvent } from '../domain/values/audit-event.ts'
import { dateOf, type Instant } from '../domain/values/instant.ts'
import type { Item } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import type { Table } from '../table/table.ts'

let lastId = ''

/**
 * Returns an id that begins with the millisecond, so that events sort by time. Ids that one process makes in a row for the
 * same millisecond ascend; those of other processes have no order within it.
 */
export function newEventId(at: Instant): string {
  const milliseconds = dateOf(at).getTime()
  const time = encodeTime(milliseconds, 10)
  lastId = lastId.startsWith(time) ? time + incrementBase32(lastId.slice(10)) : ulid(milliseconds)
  return lastId
}

export function eventItem(event: AuditEvent) {
  return { ...event, ...keys.event(event.customerId, event.id) }
}

export const asEvent = (item: Item) => item as Item & AuditEvent

/** Newest first; `from` and `upTo` are ids, both inclusive. */
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

/**
 * Ids of the users whose membership of a project changed since then, by its audit events: unlike an index, these
 * include a change committed a moment ago.
 */
export async function membersChangedSince(
  table: Table,
  { customerId, projectId }: { customerId: string; projectId: string },
  since: Instant,
  until?: Instant,
): Promise<string[]> {
  const users = new Set<string>()
  for (const { changes } of await eventsSince(table, customerId, since, until)) {
    for (const { resource } of changes) {
      const [project, userId] = resource.id.split('/')
      if (resource.type === 'membership' && project === projectId && userId) users.add(userId)
    }
  }
  return [...users]
}

/** Oldest first. */
export async function eventsSince(
  table: Table,
  customerId: string,
  since: Instant,
  until?: Instant,
): Promise<AuditEvent[]> {
  const { pk } = keys.event(customerId, '')
  const from = `${encodeTime(dateOf(since).getTime(), 10)}${'0'.repeat(16)}`
  const upTo = until && `${encodeTime(dateOf(until).getTime(), 10)}${'Z'.repeat(16)}`
  const events: AuditEvent[] = []
  for await (const item of table.queryAll({ partition: pk, from, ...(upTo && { upTo }) }))
    events.push(asEvent(item))
  return events
}
