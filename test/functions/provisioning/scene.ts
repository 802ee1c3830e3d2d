import type { TimedEvent } from '../../support/timeline.ts'

/** Events of one small customer, each under its own name; the first argument is the minute of its timestamp. */
export const customerId = 'BGE000001'

export const mail = (name: string) => `${name}@bge.example`

/** That minute of the first of August 2026. */
export const time = (minute: number) => new Date(Date.UTC(2026, 7, 1, 0, minute)).toISOString()

type Data = Record<string, unknown>

export function event(minute: number, type: string, data: Data = {}): TimedEvent {
  const id = `e${String(minute).padStart(3, '0')}`
  return { id, type, timestamp: time(minute), data: { customerId, ...data } }
}

/** The same event under another id. */
export const withId = (id: string, it: TimedEvent): TimedEvent => ({ ...it, id })

export const customer = {
  /** At minute 0. */
  created: event(0, 'customer.created', {
    organisation: 'Bridge',
    mainCustomer: { name: 'Owner', email: mail('owner') },
  }),
  updated: (minute: number, data: Data = {}) => event(minute, 'customer.updated', data),
  suspended: (minute: number) => event(minute, 'customer.suspended'),
  resumed: (minute: number) => event(minute, 'customer.resumed'),
  closed: (minute: number) => event(minute, 'customer.closed'),
}

/** Without `customer-`. */
type Type = 'admin' | 'billing' | 'tech' | 'client'

const updated = (minute: number, name: string, data: Data) =>
  event(minute, 'user.updated', { user: mail(name), ...data })

export const user = {
  created: (minute: number, name: string, type: Type, more: Data = {}) =>
    event(minute, 'user.created', { email: mail(name), name, type: `customer-${type}`, ...more }),
  updated,
  typeChanged: (minute: number, name: string, type: Type) =>
    updated(minute, name, { type: `customer-${type}` }),
  renamed: (minute: number, who: string, name: string) => updated(minute, who, { name }),
  disabled: (minute: number, name: string) => event(minute, 'user.disabled', { user: mail(name) }),
  enabled: (minute: number, name: string) => event(minute, 'user.enabled', { user: mail(name) }),
  deleted: (minute: number, name: string) => event(minute, 'user.deleted', { user: mail(name) }),
}

export const project = {
  created: (minute: number, name: string) => event(minute, 'project.created', { name }),
  deleted: (minute: number, name: string) => event(minute, 'project.deleted', { name }),
}

export const membership = {
  granted: (minute: number, name: string, to: string, roles = ['full'], more: Data = {}) =>
    event(minute, 'membership.granted', { project: to, user: mail(name), roles, ...more }),
  revoked: (minute: number, name: string, from: string) =>
    event(minute, 'membership.revoked', { project: from, user: mail(name) }),
}

export const server = {
  created: (minute: number, serverId: string, hostname = `${serverId}.bge.example`) =>
    event(minute, 'server.created', { serverId, hostname }),
  deleted: (minute: number, serverId: string) => event(minute, 'server.deleted', { serverId }),
  /** To view at least. */
  assigned: (minute: number, name: string, serverId: string, capabilities: string[] = [], more: Data = {}) =>
    event(minute, 'server.assigned', { serverId, user: mail(name), capabilities, ...more }),
  unassigned: (minute: number, name: string, serverId: string) =>
    event(minute, 'server.unassigned', { serverId, user: mail(name) }),
}

/** Events of Ann, in the project `web` and on the server `vm1`. */
export const anns = {
  created: (minute: number, type: Type, more: Data = {}) => user.created(minute, 'ann', type, more),
  became: (minute: number, type: Type) => user.typeChanged(minute, 'ann', type),
  renamed: (minute: number, name: string) => user.renamed(minute, 'ann', name),
  disabled: (minute: number) => user.disabled(minute, 'ann'),
  enabled: (minute: number) => user.enabled(minute, 'ann'),
  deleted: (minute: number) => user.deleted(minute, 'ann'),
  granted: (minute: number, roles?: string[]) => membership.granted(minute, 'ann', 'web', roles),
  revoked: (minute: number) => membership.revoked(minute, 'ann', 'web'),
  inMain: (minute: number, roles: string[]) => membership.granted(minute, 'ann', customerId, roles),
  outOfMain: (minute: number) => membership.revoked(minute, 'ann', customerId),
  assigned: (minute: number, capabilities?: string[]) => server.assigned(minute, 'ann', 'vm1', capabilities),
  unassigned: (minute: number) => server.unassigned(minute, 'ann', 'vm1'),
}
