import { encodeTime } from 'ulid'
import type { AuditEvent } from '../../domain/values/audit-event.ts'
import { addMilliseconds, dateOf, type Instant } from '../../domain/values/instant.ts'
import { asEvent } from '../../records/audit-events.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import type { Given } from './given-by.ts'
import { nameOf } from './past.ts'

/** Milliseconds between an event's timestamp and its arrival, in either direction, that are looked through. */
const tolerance = 5 * 60_000
const mostEvents = 200

/**
 * Finds the audit event of a grant, whose time it has, or of a type, which counts from the event's own timestamp: that
 * of a delivery that arrived late isn't found. One request.
 */
export async function findGivingEvent(
  table: Table,
  customerId: string,
  { at, by, name }: Given,
): Promise<string | undefined> {
  const isOfType = name.startsWith('user/')
  const margin = isOfType ? tolerance : 0
  const { items } = await table.queryPage({
    partition: keys.event(customerId, '').pk,
    from: `${timePart(addMilliseconds(at, -margin))}${'0'.repeat(16)}`,
    upTo: `${timePart(addMilliseconds(at, margin))}${'Z'.repeat(16)}`,
    limit: mostEvents,
  })
  const gives = ({ actor, changes }: AuditEvent) =>
    `${actor.kind}:${actor.id}` === by &&
    changes.some(
      ({ resource, before, after }) =>
        nameOf(resource.type, resource.id) === name &&
        after !== undefined &&
        (!isOfType || before?.type !== after.type),
    )
  return items.map(asEvent).find(gives)?.id
}

const timePart = (instant: Instant) => encodeTime(Math.max(0, dateOf(instant).getTime()), 10)
