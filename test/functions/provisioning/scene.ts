import type { TimedEvent } from '../../support/timeline.ts'

/** Events of one small customer, readable as a story: the first argument is the minute of their timestamp. */
export const customerId = 'BGE000001'

export const mail = (name: string) => `${name}@bge.example`

/** That minute of the first of August 2026. */
export const time = (minute: number) => new Date(Date.UTC(2026, 7, 1, 0, minute)).toISOString()

export function event(minute: number, type: string, data: Record<string, unknown> = {}): TimedEvent {
  const id = `e${String(minute).padStart(3, '0')}`
  return { id, type, timestamp: time(minute), data: { customerId, ...data } }
}

/** The same event under another id. */
export const named = (id: string, it: TimedEvent): TimedEvent => ({ ...it, id })

export const born = event(0, 'customer.created', {
  organisation: 'Bridge',
  mainCustomer: { name: 'Owner', email: mail('owner') },
})
export const becomesCustomer = (minute: number, what: 'suspended' | 'resumed' | 'closed') =>
  event(minute, `customer.${what}`)

export type Kind = 'admin' | 'billing' | 'tech' | 'client'
export const user = (minute: number, name: string, kind: Kind, more: Record<string, unknown> = {}) =>
  event(minute, 'user.created', { email: mail(name), name, type: `customer-${kind}`, ...more })
export const becomes = (minute: number, name: string, kind: Kind) =>
  event(minute, 'user.updated', { user: mail(name), type: `customer-${kind}` })
export const renamed = (minute: number, who: string, name: string) =>
  event(minute, 'user.updated', { user: mail(who), name })
export const disabled = (minute: number, name: string) => event(minute, 'user.disabled', { user: mail(name) })
export const enabled = (minute: number, name: string) => event(minute, 'user.enabled', { user: mail(name) })
export const userGone = (minute: number, name: string) => event(minute, 'user.deleted', { user: mail(name) })

export const project = (minute: number, name: string) => event(minute, 'project.created', { name })
export const projectGone = (minute: number, name: string) => event(minute, 'project.deleted', { name })
export const server = (minute: number, serverId: string, hostname = `${serverId}.bge.example`) =>
  event(minute, 'server.created', { serverId, hostname })
export const serverGone = (minute: number, serverId: string) => event(minute, 'server.deleted', { serverId })

export const grant = (
  minute: number,
  name: string,
  to: string,
  roles: string[],
  more: Record<string, unknown> = {},
) => event(minute, 'membership.granted', { project: to, user: mail(name), roles, ...more })
export const revoke = (minute: number, name: string, from: string) =>
  event(minute, 'membership.revoked', { project: from, user: mail(name), roles: [] })
export const assign = (
  minute: number,
  name: string,
  serverId: string,
  capabilities: string[],
  more: Record<string, unknown> = {},
) => event(minute, 'server.assigned', { serverId, user: mail(name), capabilities, ...more })
export const unassign = (minute: number, name: string, serverId: string) =>
  event(minute, 'server.unassigned', { serverId, user: mail(name), capabilities: [] })
