import type { Oracle, OracleEvent } from './oracle.ts'

export const customerId = 'AAA000001'
const start = Date.parse('2026-01-01T00:00:00Z')

export const minute = (count: number) => new Date(start + count * 60_000)

type Fact = [type: string, data?: Record<string, unknown>]

/** One event a minute, in the order given. */
export function history(...facts: Fact[]): OracleEvent[] {
  return facts.map(([type, data], count) => ({
    id: `evt_${String(count).padStart(3, '0')}`,
    type,
    timestamp: minute(count).toISOString(),
    data: { customerId, ...data },
  }))
}

export const mail = (name: string) => `${name}@x.example`

export const customerCreated: Fact = [
  'customer.created',
  { organisation: 'A', mainCustomer: { name: 'O', email: mail('owner') } },
]
export const user = (name: string, type: string, main?: boolean): Fact => [
  'user.created',
  { email: mail(name), name, type: `customer-${type}`, ...(main === undefined ? {} : { main }) },
]
export const userEvent = (type: string, name: string): Fact => [type, { user: mail(name) }]
export const project = (name: string): Fact => ['project.created', { name }]
export const server = (serverId: string): Fact => [
  'server.created',
  { serverId, hostname: `${serverId}.example` },
]

const until = (expiresAt?: Date) => (expiresAt ? { expiresAt: expiresAt.toISOString() } : {})

export const grant = (name: string, where: string, roles: string[], expiresAt?: Date): Fact => [
  'membership.granted',
  { project: where, user: mail(name), roles, ...until(expiresAt) },
]
export const revoke = (name: string, where: string): Fact => [
  'membership.revoked',
  { project: where, user: mail(name), roles: [] },
]
export const assign = (name: string, serverId: string, capabilities: string[], expiresAt?: Date): Fact => [
  'server.assigned',
  { serverId, user: mail(name), capabilities, ...until(expiresAt) },
]
export type Row = [who: string, action: string, resource: string, answer: string]

export const soon = minute(60)
export const now = minute(100)

/**
 * @param resource `type:id`, with users by the first part of their e-mail; `customer` alone is the customer of the
 * question
 */
export function ask(oracle: Oracle, who: string, action: string, resource: string, at = now): string {
  const [type = '', name = customerId] = resource.split(':')
  const id = type === 'user' ? mail(name) : name
  const answer = oracle.decide({ customerId, email: mail(who), action, resource: { type, id }, now: at })
  return [answer.decision ? 'yes' : 'no', answer.code, answer.needed].filter(Boolean).join(' ')
}
