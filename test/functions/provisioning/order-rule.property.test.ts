import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { exportCustomer, readWholeCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { brokenInvariants } from '../../support/invariants.ts'
import { cases } from '../../support/long.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { inOrder, type TimedEvent, Timeline } from '../../support/timeline.ts'

const engine = await startTestEngine()
const provisioned = await startProvisioned(engine)
let customers = 0
const nextCustomer = () => `ORD${String(++customers).padStart(6, '0')}`

const users = ['tech@x.example', 'admin@x.example']
const grant = (project: string, roles: string[]) => ['membership.granted', { project, roles }] as const
const typeChange = (name: string) => ['user.updated', { type: `customer-${name}` }] as const
/** Few entities with many events, so that they collide all the time. `M` is the Main project. */
const words = [
  grant('one', ['compute:read']),
  grant('one', ['image:manage']),
  grant('M', ['cdn']),
  grant('M', []),
  grant('two', ['full']),
  ['membership.granted', { project: 'one', roles: ['dns:read'], expiresAt: '2026-02-01T00:00:00Z' }],
  ['membership.revoked', { project: 'one' }],
  ['membership.revoked', { project: 'one' }],
  ['membership.revoked', { project: 'M' }],
  ['server.assigned', { serverId: 'srv', capabilities: ['power'] }],
  ['server.unassigned', { serverId: 'srv' }],
  typeChange('tech'),
  typeChange('admin'),
  typeChange('billing'),
  ['user.updated', { name: 'renamed' }],
  ['user.updated', { name: 'renamed again', type: 'customer-client' }],
  ['user.disabled', {}],
  ['user.enabled', {}],
  ['customer.suspended', {}],
  ['customer.resumed', {}],
  ['customer.updated', { organisation: 'P' }],
  ['customer.updated', { organisation: 'Q', contact: { phone: '+31 20 1234567' } }],
  ['project.created', { name: 'later' }],
  ['user.deleted', {}],
  ['project.deleted', { name: 'one' }],
  ['server.deleted', { serverId: 'srv' }],
] as const

type Step = { word: number; user: number; tie: boolean }
const steps = fc.array(fc.record({ word: fc.nat(words.length - 1), user: fc.nat(1), tie: fc.boolean() }), {
  minLength: 4,
  maxLength: 30,
})
/** The place of each event in the order of arrival, and the number of its deliveries. */
const arrivals = fc.array(fc.record({ place: fc.nat(1000), times: fc.constantFrom(1, 1, 1, 2, 3) }), {
  minLength: 1,
  maxLength: 40,
})
type Arrival = { place: number; times: number }

const start = [
  ['customer.created', { organisation: 'O', mainCustomer: { name: 'M', email: 'main@x.example' } }],
  ['user.created', { email: 'tech@x.example', name: 'T', type: 'customer-tech', main: true }],
  ['user.created', { email: 'admin@x.example', name: 'A', type: 'customer-admin' }],
  ['project.created', { name: 'one', description: 'first' }],
  ['server.created', { serverId: 'srv', hostname: 'srv.x.example' }],
  ['project.created', { name: 'Two' }],
] as const

/** A history from steps; with `all`, also of events that would not be applied in order. */
function historyOf(customerId: string, list: readonly Step[], all = false): TimedEvent[] {
  const timeline = new Timeline()
  const events: TimedEvent[] = []
  let second = 0
  const add = (type: string, data: Record<string, unknown>, tie: boolean) => {
    if (!tie) second++
    const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
    const event = { id: `${customerId}_${String(events.length).padStart(4, '0')}`, type, timestamp, data }
    if (timeline.take(event) || all) events.push(event)
  }
  for (const [type, data] of start) add(type, { customerId, ...data }, false)
  for (const { word, user, tie } of list) {
    const [type, data] = words[word] ?? start[0]
    const project = 'project' in data && data.project === 'M' ? { project: customerId } : {}
    const who = /^(user|membership)\.|assigned$/.test(type) ? { user: users[user] } : {}
    add(type, { customerId, ...data, ...project, ...who }, tie)
  }
  return events
}

function arrange(events: readonly TimedEvent[], list: readonly Arrival[]): TimedEvent[] {
  const placed = events.flatMap((event, index) => {
    const { place, times } = list[index % list.length] ?? { place: 0, times: 1 }
    return Array.from({ length: times }, (_, again) => ({
      event,
      place: (place * (index + 7 * again + 1)) % 1009,
    }))
  })
  return placed.sort((a, b) => a.place - b.place).map(({ event }) => event)
}

async function linesOf(customerId: string): Promise<string[]> {
  const customer = await findCustomer(provisioned.table, customerId)
  return customer ? exportCustomer(provisioned.table, customer) : []
}

async function brokenIn(customerId: string): Promise<string[]> {
  const customer = await findCustomer(provisioned.table, customerId)
  return customer ? brokenInvariants(await readWholeCustomer(provisioned.table, customer)) : []
}

it('ends the same in every order of arrival, one after the other or at once, however often', async () => {
  await fc.assert(
    fc.asyncProperty(steps, arrivals, fc.boolean(), async (list, order, atOnce) => {
      const [straight, mixed] = [nextCustomer(), nextCustomer()]
      await provisioned.deliverEach(inOrder(historyOf(straight, list)))
      const arriving = arrange(historyOf(mixed, list), order)
      await (atOnce ? provisioned.deliverAll(arriving) : provisioned.deliverEach(arriving))
      expect(await linesOf(mixed)).toEqual(
        (await linesOf(straight)).map((line) => line.replaceAll(straight, mixed)),
      )
      expect(provisioned.failures).toEqual([])
    }),
    cases(4),
  )
}, 600_000)

it('never leaves a grant in effect that the newest event about its pair has revoked, at any moment', async () => {
  await fc.assert(
    fc.asyncProperty(steps, arrivals, async (list, order) => {
      const customerId = nextCustomer()
      const arrived: TimedEvent[] = []
      for (const event of arrange(historyOf(customerId, list, true), order)) {
        const before = await appliedGrants(arrived)
        arrived.push(event)
        await provisioned.deliverEach([event])
        const given = (await linesOf(customerId)).map(pairGiven)
        for (const taken of takenAway(arrived)) expect(given).not.toContain(taken)
        expect(await brokenIn(customerId)).toEqual([])
        // Nor in between: a grant that was not applied before the revocation came isn't applied after it.
        for (const id of await appliedGrants(overtaken(arrived))) expect([...before, event.id]).toContain(id)
      }
    }),
    cases(2),
  )
}, 600_000)

async function appliedGrants(events: readonly TimedEvent[]): Promise<string[]> {
  const grants = events.filter(isGrant)
  const statuses = await Promise.all(grants.map(({ id }) => provisioned.statusOf(id)))
  return grants.map(({ id }) => id).filter((_, index) => statuses[index] === 'applied')
}

const isGrant = ({ type }: TimedEvent) => type === 'membership.granted' || type === 'server.assigned'
const isRevocation = ({ type }: TimedEvent) => type === 'membership.revoked' || type === 'server.unassigned'
const pairOf = ({ data }: TimedEvent) => pairName(data.project, data.serverId, data.user)

/** Grants that a newer revocation of their pair has arrived for. */
function overtaken(arrived: readonly TimedEvent[]): TimedEvent[] {
  const sorted = inOrder(arrived)
  return sorted.filter(
    (event, place) =>
      isGrant(event) &&
      sorted.slice(place).some((later) => isRevocation(later) && pairOf(later) === pairOf(event)),
  )
}

/** The pair of an exported line that comes from an event; `undefined` for memberships by type. */
function pairGiven(line: string): string | undefined {
  const { project, server, user, source } = JSON.parse(line)
  return source === 'webhook' ? pairName(project, server, user) : undefined
}

const pairName = (...names: unknown[]) => JSON.stringify(names)

/** The pairs whose newest event so far is a revocation. */
function takenAway(arrived: readonly TimedEvent[]): string[] {
  const newest = new Map<string, TimedEvent>()
  for (const event of inOrder(arrived))
    if (isGrant(event) || isRevocation(event)) newest.set(pairOf(event), event)
  return [...newest].filter(([, event]) => isRevocation(event)).map(([pair]) => pair)
}
