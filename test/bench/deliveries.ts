import type { EventType } from '../../shared/provisioning/event-types.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { assignment, creation, eventOf, mainCustomer, member, membership } from './customers.ts'
import { project, projects, server, servers, type Sized } from './customers.ts'
import { unitColumns, unitParts, type Usage } from './meter.ts'
import type { Metered } from './metered.ts'
import type { Cell, Table } from './table.ts'

/** Issue 2: of a grant, and of a tech or client user. */
const budget = { requests: 6, writeUnits: 12 }

type Measured = [name: string, event: TimedEvent, budgeted?: 'budgeted']

/** What a delivery of each type takes, one after the other, on a customer that is there already. */
export async function measureDeliveries(metered: Metered, sized: Sized): Promise<Table> {
  const rows: Table['rows'] = []
  for (const [name, event, budgeted] of measured(sized)) {
    const usage = await metered.costOf(event)
    const limits: Partial<Usage> = budgeted ? budget : {}
    const cells = (['requests', 'rounds', ...unitParts] as const).map((part): Cell => {
      const atMost = limits[part]
      return { value: usage[part], ...(atMost !== undefined && { atMost }) }
    })
    rows.push({ name, cells })
  }
  return {
    title: `A delivery, recorded and applied, of a customer with ${sized.users.toLocaleString('en')} users`,
    columns: ['requests', 'rounds', ...unitColumns],
    rows,
  }
}

function measured(sized: Sized): Measured[] {
  const { customerId } = sized
  const of = (type: EventType, data: Record<string, unknown>) => eventOf(type, { customerId, ...data })
  const created = (name: string, type: string, more = {}) =>
    of('user.created', { email: `${name}@members.example`, name, type: `customer-${type}`, ...more })
  const [tech, client] = ['new-tech@members.example', 'new-client@members.example']
  return [
    ['customer.created', creation({ customerId: customerId.replace(/^.../, 'NEW') })],
    ['customer.updated', of('customer.updated', { organisation: 'Another', contact: { phone: '+31 1' } })],
    ['customer.suspended', of('customer.suspended', { reason: 'unpaid' })],
    ['customer.resumed', of('customer.resumed', {})],
    ['user.created, tech', created('new-tech', 'tech'), 'budgeted'],
    ['user.created, client', created('new-client', 'client'), 'budgeted'],
    ['user.created, tech in Main', created('in-main', 'tech', { main: true }), 'budgeted'],
    ['user.created, billing', created('new-billing', 'billing')],
    ['user.created, admin', created('new-admin', 'admin')],
    ['user.updated, name', of('user.updated', { user: tech, name: 'Renamed' })],
    ['user.updated, tech to client', of('user.updated', { user: tech, type: 'customer-client' })],
    ['user.updated, client to admin', of('user.updated', { user: tech, type: 'customer-admin' })],
    ['user.disabled', of('user.disabled', { user: client })],
    ['user.enabled', of('user.enabled', { user: client })],
    ...projects(sized, 1, 'new').map((event): Measured => ['project.created', event]),
    ...servers(sized, 1, 'new').map((event): Measured => ['server.created', event]),
    ['membership.granted', membership(sized, client, project(0, 'new')), 'budgeted'],
    ['membership.granted, Main', membership(sized, client, customerId), 'budgeted'],
    ['membership.granted, instead', membership(sized, client, project(0, 'new'), ['dns:read']), 'budgeted'],
    ['membership.granted, to an admin', membership(sized, tech, project(0, 'new')), 'budgeted'],
    ['server.assigned', assignment(sized, client, server(0, 'new')), 'budgeted'],
    ['server.unassigned', of('server.unassigned', { user: client, serverId: server(0, 'new') })],
    ['membership.revoked', of('membership.revoked', { user: client, project: project(0, 'new') })],
    ['server.deleted', of('server.deleted', { serverId: server(0, 'new') })],
    ['project.deleted', of('project.deleted', { name: project(0, 'new') })],
    ['user.updated, main-customer', of('user.updated', { user: mainCustomer(sized), name: 'New Name' })],
    ['user.deleted, with 20 grants', of('user.deleted', { user: member(sized, 0) })],
    ['customer.closed', of('customer.closed', { reason: 'left' })],
  ]
}
