import type { EventType } from '../../shared/provisioning/event-types.ts'
import type { TimedEvent } from '../support/timeline.ts'

export type Sized = { customerId: string; users: number; admins: number }

/** The large one has nearly as many admins as the quota lets it. */
export const sizes: [Sized, Sized] = [
  { customerId: 'TEN000001', users: 10, admins: 2 },
  { customerId: 'BIG000002', users: 10_000, admins: 47 },
]

let clock = Date.parse('2026-08-21T08:00:00Z')

/** One second after the last one. */
export function eventOf(type: EventType, data: Record<string, unknown>): TimedEvent {
  clock += 1_000
  return { id: `evt_bench_${clock}`, type, timestamp: new Date(clock).toISOString(), data }
}

type Named = Pick<Sized, 'customerId'>
const domain = ({ customerId }: Named) => `${customerId.toLowerCase()}.example`
export const mainCustomer = (customer: Named) => `owner@${domain(customer)}`
const staffed = (customer: Named, number: number) =>
  `m-${String(number).padStart(7, '0')}@${domain(customer)}`
export const admin = staffed
/** A tech (even) or client (odd) user of the staff. */
export const member = (sized: Sized, number: number) => staffed(sized, sized.admins + 1 + number)
export const project = (number: number, which = 'release') => `sig-${which}-engineering-${number}`
export const server = (number: number, which = 'prod') => `web-${number}.${which}`

export function creation(customer: Named): TimedEvent {
  const { customerId } = customer
  return eventOf('customer.created', {
    customerId,
    organisation: `Organisation ${customerId}`,
    contact: { email: 'office@organisation.example', phone: '+31 20 1234567' },
    billing: { email: 'billing@organisation.example', companyName: 'Organisation B.V.' },
    mainCustomer: { name: 'The Owner', email: mainCustomer(customer) },
  })
}

/** All users but the main-customer: the admins, a billing user, and tech and client users by turns. */
export function staff(sized: Sized): TimedEvent[] {
  const { customerId, users, admins } = sized
  return Array.from({ length: users - 1 }, (_, number) => {
    const other = (number - admins) % 2 === 1 ? 'customer-tech' : 'customer-client'
    const type = number < admins ? 'customer-admin' : number === admins ? 'customer-billing' : other
    const email = staffed(sized, number)
    return eventOf('user.created', { customerId, email, name: `Member ${number}`, type })
  })
}

export function projects({ customerId }: Sized, count: number, which?: string): TimedEvent[] {
  return Array.from({ length: count }, (_, number) =>
    eventOf('project.created', { customerId, name: project(number, which) }),
  )
}

export function servers({ customerId }: Sized, count: number, which?: string): TimedEvent[] {
  return Array.from({ length: count }, (_, number) => {
    const serverId = server(number, which)
    return eventOf('server.created', { customerId, serverId, hostname: `${serverId}.example` })
  })
}

const someRoles = ['compute:manage', 'network:read', 'volume:operate']

export function membership({ customerId }: Sized, user: string, of: string, roles = someRoles): TimedEvent {
  const held = of === customerId ? ['cdn'] : roles
  return eventOf('membership.granted', { customerId, user, project: of, roles: held })
}

export function assignment({ customerId }: Sized, user: string, serverId: string): TimedEvent {
  const capabilities = ['view', 'power', 'console']
  return eventOf('server.assigned', { customerId, user, serverId, capabilities })
}

/** Twenty: the Main project, fourteen others and five servers. */
export function twentyGrants(sized: Sized, user: string): TimedEvent[] {
  return [
    membership(sized, user, sized.customerId),
    ...Array.from({ length: 14 }, (_, number) => membership(sized, user, project(number))),
    ...Array.from({ length: 5 }, (_, number) => assignment(sized, user, server(number))),
  ]
}
