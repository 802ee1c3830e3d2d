import { encodeTime } from 'ulid'
import type { ResourceRef } from '../../domain/access/decide.ts'
import type { AuditEvent } from '../../domain/values/audit-event.ts'
import { addMilliseconds, dateOf, type Instant } from '../../domain/values/instant.ts'
import { asEvent } from '../../records/audit-events.ts'
import { mapConcurrent } from '../../runtime/concurrency.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { type AccessAt, accessAt, type RightAt } from './access-at.ts'
import { resourceKey } from '../facts/read-resource.ts'
import { subjectKeys } from './directory-at.ts'
import type { Given } from './given-by.ts'
import { nameOf } from './past.ts'
import { type AccessQuestion, readDirectory } from './question.ts'

/** The access of one user to one resource, with the audit events that gave it. `unread`: there is more to read first. */
export async function accessOfPair(
  question: AccessQuestion,
  userId: string,
  ref: ResourceRef,
): Promise<AccessAt | 'unread' | undefined> {
  const { table, customer } = question
  const own = resourceKey(customer.id, ref)
  const wanted = [...subjectKeys(customer.id, userId, ref), ...(own ? [own] : [])]
  const directory = await readDirectory(question, async () => table.getMany(wanted))
  if (!directory) return 'unread'
  const found = accessAt(directory, userId, ref)
  return found && { ...found, rights: await withEvents(question, found.rights) }
}

/** Rights come from two grants at most, or a grant and the type. */
async function withEvents(
  { table, customer }: AccessQuestion,
  rights: readonly RightAt[],
): Promise<RightAt[]> {
  const given = new Map(rights.flatMap((right) => (right.given ? [[keyOf(right.given), right.given]] : [])))
  const events = await mapConcurrent([...given], 2, async ([key, each]) => {
    const event = await findGivingEvent(table, customer.id, each)
    return [key, event] as const
  })
  const known = new Map(events)
  return rights.map((right) => ({ ...right, event: right.given && known.get(keyOf(right.given)) }))
}

const keyOf = ({ name, at }: Given) => `${name} ${at}`

/** Milliseconds between an event's timestamp and its arrival, in either direction, that are looked through. */
const tolerance = 5 * 60_000
const mostEvents = 200

/**
 * Finds the audit event of a grant, whose time it has, or of a type, which counts from the event's own timestamp: that
 * of a delivery that arrived late isn't found. One request.
 */
async function findGivingEvent(
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
