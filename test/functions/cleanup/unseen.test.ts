import { expect, it } from 'vitest'
import { exportCustomer, readWholeCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { exportLines } from '../../../shared/directory/customers/export-lines.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { startTestEngine } from '../../support/engine.ts'
import { brokenInvariants } from '../../support/invariants.ts'
import { isLong, runs } from '../../support/long.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import { type TimedEvent, Timeline } from '../../support/timeline.ts'
import { allEvents, replay } from '../provisioning/replay.ts'

const engine = await startTestEngine()
const [cleaned, uncleaned] = [
  await startProvisioned(engine),
  await startProvisioned(engine, { cleansUp: false }),
]
let customers = 0
const nextCustomer = () => `CLN${String(++customers).padStart(6, '0')}`

const user = 'ann@x.example'
const type = (name: string) => ['user.updated', { user, type: `customer-${name}` }] as const
const grant = (project: string, roles: string[]) => ['membership.granted', { user, project, roles }] as const
const revoke = (project: string) => ['membership.revoked', { user, project }] as const
const assign = (capability: string) =>
  ['server.assigned', { user, serverId: 'srv', capabilities: [capability] }] as const
const unassign = ['server.unassigned', { user, serverId: 'srv' }] as const
/** Events that a clean-up may come between, about few entities, so that they collide; `M` is the Main project. */
const themes = [
  [
    grant('one', ['full']),
    grant('one', ['dns:read']),
    revoke('one'),
    type('billing'),
    type('billing'),
    type('tech'),
    type('admin'),
  ],
  [grant('M', []), grant('M', ['cdn']), revoke('M'), type('billing'), type('billing'), type('tech')],
  [
    assign('power'),
    assign('rescue'),
    unassign,
    type('billing'),
    type('tech'),
    ['server.deleted', { serverId: 'srv' }],
  ],
  [
    assign('power'),
    assign('rescue'),
    unassign,
    ['server.deleted', { serverId: 'srv' }],
    ['server.created', { serverId: 'srv', hostname: 'again.x.example' }],
  ],
  [
    grant('one', ['full']),
    assign('power'),
    revoke('one'),
    type('billing'),
    ['project.deleted', { name: 'one' }],
    ['user.deleted', { user }],
  ],
] as const
type Word = (typeof themes)[number][number]

const start = [
  ['customer.created', { organisation: 'O', mainCustomer: { name: 'M', email: 'main@x.example' } }],
  ['user.created', { email: user, name: 'A', type: 'customer-tech' }],
  ['project.created', { name: 'one' }],
  ['server.created', { serverId: 'srv', hostname: 'srv.x.example' }],
] as const

/** With `all`, also of events that would not be applied in order. */
function historyOf(customerId: string, list: readonly Word[], all: boolean): TimedEvent[] {
  const timeline = new Timeline()
  const events: TimedEvent[] = []
  const add = (name: string, data: Record<string, unknown>) => {
    const serial = events.length
    const timestamp = new Date(Date.UTC(2026, 0, 1, 0, 0, serial)).toISOString()
    const its = data.project === 'M' ? { customerId, project: customerId } : { customerId }
    const event = { id: `${customerId}_${serial}`, type: name, timestamp, data: { ...data, ...its } }
    if (timeline.take(event) || all) events.push(event)
  }
  for (const [name, data] of [...start, ...list]) add(name, data)
  return events
}

/** Some of a theme, in any order of arrival. */
function makeStory(random: Random, customerId: string, all: boolean) {
  const theme = random.pick<readonly Word[]>(themes)
  const list = Array.from({ length: 4 + random.below(6) }, () => random.pick(theme))
  const history = historyOf(customerId, list, all)
  return {
    customerId,
    first: history.slice(0, start.length),
    arriving: random.shuffled(history.slice(start.length)),
  }
}

/**
 * True once a change to billing has arrived after a later one: a grant that the later one revoked may be in effect
 * again.
 */
function billingBegan(arrived: readonly TimedEvent[]): boolean {
  const times = arrived
    .filter(({ data }) => data.type === 'customer-billing')
    .map(({ timestamp }) => timestamp)
  return times.some((time, place) => times.slice(0, place).some((earlier) => earlier > time))
}

/** Many stories at once, each of one customer, an event of each at a time. */
async function tell(
  random: Random,
  all: boolean,
  afterEach: (arrived: readonly TimedEvent[], id: string) => Promise<unknown>,
) {
  const stories = Array.from({ length: isLong ? 25 : 4 }, () => makeStory(random, nextCustomer(), all))
  for (const service of [cleaned, uncleaned]) await service.deliverAll(stories.flatMap(({ first }) => first))
  for (let place = 0; place < 9; place++) {
    const going = stories.filter(({ arriving }) => place < arriving.length)
    const events = going.flatMap(({ arriving }) => arriving.slice(place, place + 1))
    await Promise.all([cleaned, uncleaned].map((service) => service.deliverAll(events)))
    await mapConcurrent(going, 8, ({ arriving, customerId }) =>
      afterEach(arriving.slice(0, place + 1), customerId),
    )
  }
  expect([...cleaned.failures, ...uncleaned.failures]).toEqual([])
  return stories
}

const seeds = Array.from({ length: runs(1) }, (_, place) => 101 + place)

async function linesOf({ table }: Provisioned, customerId: string): Promise<string[]> {
  const customer = await findCustomer(table, customerId)
  return customer ? exportCustomer(table, customer) : []
}

async function brokenIn(customerId: string): Promise<string[]> {
  const customer = await findCustomer(cleaned.table, customerId)
  return customer ? brokenInvariants(await readWholeCustomer(cleaned.table, customer)) : []
}

it.each(seeds)(
  'takes no right and gives none at any moment, whatever came, but where billing turns out to be older (%i)',
  async (seed) => {
    const stories = await tell(new Random(seed), true, async (arrived, customerId) => {
      const [seen, wanted] = [await linesOf(cleaned, customerId), await linesOf(uncleaned, customerId)]
      const lost = wanted.filter((line) => !seen.includes(line))
      const found = seen.filter((line) => !wanted.includes(line))
      const events = arrived.map(({ timestamp, type: name, data }) => [timestamp, name, data])
      expect({ events, found, lost }).toEqual({ events, found: [], lost: billingBegan(arrived) ? lost : [] })
    })
    for (const { customerId } of stories) {
      const events = await allEvents(cleaned.table, customerId)
      expect(exportLines(replay(customerId, events))).toEqual(await linesOf(cleaned, customerId))
      expect(await brokenIn(customerId)).toEqual([])
    }
  },
  300_000,
)

it.each(seeds)(
  'is not seen in the end, where all would be applied in order (%i)',
  async (seed) => {
    const stories = await tell(new Random(seed), false, async () => {})
    for (const { customerId, arriving } of stories)
      expect({ arriving, lines: await linesOf(cleaned, customerId) }).toEqual({
        arriving,
        lines: await linesOf(uncleaned, customerId),
      })
  },
  300_000,
)
