import { Random } from '../support/random.ts'
import type { TimedEvent } from '../support/timeline.ts'

/** The customer of the histories; each run replaces it by one of its own. */
export const customerId = 'BGE000001'

const mail = (name: string) => `${name}@x.example`
const people = ['ann', 'bob', 'cat'].map(mail)
const owner = mail('owner')
const projects = ['web', 'shop', 'Web']
const servers = ['vm1', 'vm2']
const types = ['customer-admin', 'customer-billing', 'customer-tech', 'customer-client']
const roleSets = [['compute:read'], ['compute:manage', 'volume:operate'], ['full']]
const capabilitySets = [['view'], ['power', 'view'], ['console', 'rescue', 'view']]
const expiries = ['2020-01-01T00:00:00.000Z', '2099-12-31T23:59:59.500Z']

type Step = { type: string; data: Record<string, unknown> }

const minute = 60_000
export const start = Date.parse('2026-08-01T00:00:00Z')
export const timeOf = (place: number) => new Date(start + place * minute).toISOString()

/**
 * A history of 10 to 40 events about a handful of names, in the order of its timestamps, one a minute and some at the
 * same instant: users, projects and servers are created, deleted and created again as often as other events name
 * them. Whether an event can be applied in that order doesn't matter.
 */
export function randomHistory(seed: number): TimedEvent[] {
  const random = new Random(seed)
  const length = 10 + random.below(31)
  const birth = random.chance(0.15) ? random.below(4) : 0
  const focus = random.chance(0.7) ? [random.pick(people)] : people
  const named = random.chance(0.6) ? ['web', 'Web'] : projects
  let place = 0
  return Array.from({ length }, (_, index) => {
    if (index > 0 && !random.chance(0.1)) place++
    const step = index === birth ? born() : randomStep(random, focus, named)
    const id = `e${String(index).padStart(3, '0')}`
    return { id, type: step.type, timestamp: timeOf(place), data: { customerId, ...step.data } }
  })
}

function born(): Step {
  return {
    type: 'customer.created',
    data: { organisation: 'Bridge', mainCustomer: { name: 'Owner', email: owner } },
  }
}

function randomStep(random: Random, focus: readonly string[], named: readonly string[]): Step {
  const user = random.chance(0.03) ? owner : random.pick(focus)
  const name = random.pick(named)
  const serverId = random.pick(servers)
  const label = `name ${random.below(99)}`
  const expiry = random.chance(0.2) ? { expiresAt: random.pick(expiries) } : {}
  const steps: [weight: number, type: string, data: Record<string, unknown>][] = [
    [14, 'user.created', { email: user, name: label, type: random.pick(types), ...mainOf(random) }],
    [10, 'user.deleted', { user }],
    [9, 'user.updated', { user, type: random.pick(types) }],
    [3, 'user.updated', { user, name: label }],
    [3, 'user.updated', { user, name: label, type: random.pick(types) }],
    [4, 'user.disabled', { user }],
    [4, 'user.enabled', { user }],
    [9, 'project.created', { name, ...(random.chance(0.5) && { description: label }) }],
    [7, 'project.deleted', { name }],
    [14, 'membership.granted', { project: name, user, roles: random.pick(roleSets), ...expiry }],
    [9, 'membership.revoked', { project: name, user }],
    [7, 'membership.granted', { project: customerId, user, roles: random.pick([[], ['cdn']]), ...expiry }],
    [5, 'membership.revoked', { project: customerId, user }],
    [5, 'server.created', { serverId, hostname: `host${random.below(99)}.example` }],
    [4, 'server.deleted', { serverId }],
    [7, 'server.assigned', { serverId, user, capabilities: random.pick(capabilitySets), ...expiry }],
    [5, 'server.unassigned', { serverId, user }],
    [1, 'customer.suspended', {}],
    [1, 'customer.resumed', {}],
    [1, 'customer.updated', { organisation: label }],
  ]
  let left = random.below(steps.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, type, data] of steps) {
    left -= weight
    if (left < 0) return { type, data }
  }
  throw new Error('the weights are positive')
}

const mainOf = (random: Random) => (random.chance(0.25) ? { main: true } : {})

/** An order of arrival: any; the other way round with every fourth. */
export function randomArrival(events: readonly TimedEvent[], seed: number): TimedEvent[] {
  const random = new Random(seed)
  if (seed % 4 === 3) return events.toReversed()
  // Nearly in order, or in no order at all.
  const reach = random.pick([3, 8, events.length])
  return events
    .flatMap((event, place) => {
      const times = random.chance(0.05) ? 2 : 1
      return Array.from({ length: times }, () => ({ event, at: place + random.next() * reach }))
    })
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event)
}
