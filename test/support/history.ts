import { Random } from './random.ts'
import { type TimedEvent, Timeline } from './timeline.ts'

const types = ['customer-admin', 'customer-billing', 'customer-tech', 'customer-client']
const roleSets = [['compute:read'], ['compute:manage', 'volume:operate'], ['objectstore:operate'], ['full']]
const capabilitySets = [['view'], ['power', 'console'], ['view', 'rescue', 'reinstall']]
/** One past, one future, one far away, whenever the tests run. */
const expiries = ['2026-09-01T00:00:00Z', '2030-01-01T00:00:00Z', '2099-12-31T23:59:59.5Z']

export type HistoryOptions = {
  seed: number
  /** Events mixed in after each one of the base, on average. */
  rate: number
  /** The customer's end, at the end. */
  closes?: boolean
}

/**
 * A history made from real events: revocations, deletions, type changes, disabling, suspensions and expiries are mixed
 * in, and what would not be applied any more is left out. In order of their timestamps, some of which are equal.
 */
export function makeHistory(
  base: readonly TimedEvent[],
  { seed, rate, closes = false }: HistoryOptions,
): TimedEvent[] {
  const random = new Random(seed)
  const timeline = new Timeline()
  let serial = 0
  const mixIn = (after: TimedEvent) => {
    serial++
    const change = randomChange(random, timeline)
    // Ids that sort below and above the base's, at its instant or a little later: ties are part of the rule.
    const id = `${random.chance(0.5) ? 'a' : 'z'}${seed}_${String(serial).padStart(6, '0')}`
    const timestamp = random.chance(0.2) && id > after.id ? after.timestamp : later(after.timestamp, serial)
    timeline.take({ id, timestamp, ...change })
  }
  for (const event of base) {
    timeline.take(random.chance(0.1) ? withExpiry(event, random) : event)
    if (timeline.customerId === '') continue
    const last = timeline.events.at(-1)
    for (let count = rate; last && count > 0; count--)
      if (random.next() < count) mixIn(timeline.events.at(-1) ?? last)
  }
  const last = timeline.events.at(-1)
  if (closes && last) {
    const data = { customerId: timeline.customerId }
    timeline.take({ id: `z${seed}_end`, type: 'customer.closed', timestamp: later(last.timestamp, 1), data })
  }
  return timeline.events
}

/** Below the base's spacing of a second, and never before what it follows. */
function later(timestamp: string, serial: number): string {
  return new Date(new Date(timestamp).getTime() + 1 + (serial % 3)).toISOString()
}

function withExpiry(event: TimedEvent, random: Random): TimedEvent {
  if (!event.type.endsWith('.granted') && !event.type.endsWith('.assigned')) return event
  return { ...event, data: { ...event.data, expiresAt: random.pick(expiries) } }
}

/** Some change to what there is; whether it would be applied is the timeline's to say. */
export function randomChange(
  random: Random,
  timeline: Timeline,
): { type: string; data: Record<string, unknown> } {
  const { customerId } = timeline
  const user = random.pick([...timeline.users.keys()])
  const project = random.chance(0.25) ? customerId : random.pick([...timeline.projects.keys(), customerId])
  const serverId = random.pick([...timeline.servers.keys(), 'none'])
  const expiry = random.chance(0.3) ? { expiresAt: random.pick(expiries) } : {}
  const roles = project === customerId ? random.pick([[], ['cdn']]) : random.pick(roleSets)
  const changes: [number, string, Record<string, unknown>][] = [
    [20, 'membership.granted', { project, user, roles, ...expiry }],
    [20, 'membership.revoked', { project, user }],
    [10, 'server.assigned', { serverId, user, capabilities: random.pick(capabilitySets), ...expiry }],
    [10, 'server.unassigned', { serverId, user }],
    [
      14,
      'user.updated',
      { user, type: random.pick(types), ...(random.chance(0.3) && { name: `name ${random.below(99)}` }) },
    ],
    [3, 'user.updated', { user, name: `name ${random.below(99)}` }],
    [5, 'user.disabled', { user }],
    [4, 'user.enabled', { user }],
    [3, 'user.deleted', { user }],
    [2, 'project.deleted', { name: project }],
    [1, 'server.deleted', { serverId }],
    [2, 'customer.suspended', {}],
    [2, 'customer.resumed', {}],
    [
      2,
      'customer.updated',
      { organisation: `Organisation ${random.below(99)}`, contact: { phone: '+31 20 1234567' } },
    ],
    [1, 'customer.updated', { billing: { reference: `PO ${random.below(99)}` } }],
  ]
  let left = random.below(changes.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, type, data] of changes) {
    left -= weight
    if (left < 0) return { type, data: { customerId, ...data } }
  }
  throw new Error('the weights are positive')
}

/** Every event once, in another order, and a part of them three times. */
export function shuffled(events: readonly TimedEvent[], seed: number, repeated = 0.1): TimedEvent[] {
  const random = new Random(seed)
  return random.shuffled(
    events.flatMap((event) => (random.chance(repeated) ? [event, event, event] : [event])),
  )
}
