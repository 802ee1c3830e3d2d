import { planEvent } from '../../functions/provisioning/plan-event.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/entities/customer.ts'
import { instantOf, stampOf } from '../../shared/domain/values/instant.ts'
import { eventItem } from '../../shared/records/audit-events.ts'
import type { Write } from '../../shared/table/item.ts'
import type { Table } from '../../shared/table/table.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { creation, member, projects, servers, type Sized, staff, twentyGrants } from './customers.ts'

const customerIdPattern = new RegExp(defaultCustomerIdPattern)
/** Users created in one transaction. */
const together = 30

/** A customer with all its users, one of whom has twenty grants, as the order system's events make it. */
export async function populate(table: Table, sized: Sized): Promise<void> {
  const users = staff(sized)
  for (const event of [creation(sized), ...users.slice(0, sized.admins)]) await apply(table, event)
  for (let first = sized.admins; first < users.length; first += together)
    await apply(table, ...users.slice(first, first + together))
  const others = [...projects(sized, 14), ...servers(sized, 5), ...twentyGrants(sized, member(sized, 0))]
  for (const event of others) await apply(table, event)
}

/** What these events come to, in one transaction: none may depend on another. */
export async function apply(table: Table, ...events: TimedEvent[]): Promise<void> {
  const writes = await Promise.all(events.map((event) => plan(table, event)))
  await table.transact(writes.flat())
}

async function plan(table: Table, { id, type, timestamp, data }: TimedEvent): Promise<Write[]> {
  const now = instantOf(table.now())
  const stamp = stampOf(instantOf(new Date(timestamp)), id)
  const times = { timestamp: now, receivedAt: now }
  const received = { body: JSON.stringify({ data }), status: 'received', attempts: 0 } as const
  const { outcome, change } = await planEvent(
    { table, actor: { kind: 'webhook', id: 'orders' }, stamp, now },
    { source: 'orders', id, type, ...times, ...received },
    customerIdPattern,
  )
  if (outcome !== 'applied' || !change.event) throw new Error(`${type} was ${outcome}`)
  return [...change.writes, { put: eventItem(change.event), expectedVersion: 'absent' }]
}
