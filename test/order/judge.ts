import { readWholeCustomer } from '../../shared/directory/customers/export-customer.ts'
import { exportLines } from '../../shared/directory/customers/export-lines.ts'
import { findCustomer } from '../../shared/records/customers.ts'
import type { Table } from '../../shared/table/table.ts'
import { allEvents, replay } from '../functions/provisioning/replay.ts'
import { type Fact, Oracle } from '../oracle/oracle.ts'
import { brokenInvariants } from '../support/invariants.ts'
import type { Provisioned } from '../support/provisioned.ts'
import { Random } from '../support/random.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { customerId } from './random-history.ts'

/** The service that gets the deliveries. */
export type Judged = Pick<Provisioned, 'table' | 'failures' | 'deliverAll'>

/** One history in one order of arrival. */
export type Story = { seed: number; history: readonly TimedEvent[]; arrival: readonly TimedEvent[] }

/** The differences between service and oracle after so many deliveries, and broken invariants. */
export type Difference = { story: Story; arrived: number; missing: string[]; surplus: string[] }

let customers = 0

const recast = <T>(value: T, from: string, to: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(from, to).replaceAll(from.toLowerCase(), to.toLowerCase()))

/** A customer of its own for a story: its id, its events, and text about it as if it were the story's. */
export function castCustomer() {
  const id = `ORD${String(++customers).padStart(6, '0')}`
  return {
    id,
    eventFor: (event: TimedEvent): TimedEvent => ({
      ...event,
      id: `${id}_${event.id}`,
      data: recast(event.data, customerId, id),
    }),
    asTold: <T>(value: T): T => recast(value, id, customerId),
  }
}

type Cast = ReturnType<typeof castCustomer>

/**
 * Delivers every story to a customer of its own, in step, each delivery settled before the next one of its customer.
 * At the moments that are watched, and at the end, the directory is what the oracle makes of the events so far.
 */
export async function judge(
  service: Judged,
  stories: readonly Story[],
  isWatched: (story: Story, arrived: number) => boolean = () => false,
): Promise<Difference[]> {
  const tellings = stories.map((story) => ({ story, cast: castCustomer() }))
  const longest = Math.max(...stories.map(({ arrival }) => arrival.length))
  const found = new Map<Story, Difference>()
  for (let arrived = 1; arrived <= longest; arrived++) {
    const going = tellings.filter(({ story }) => arrived <= story.arrival.length)
    const events = going.flatMap(({ story, cast }) =>
      story.arrival.slice(arrived - 1, arrived).map(cast.eventFor),
    )
    await service.deliverAll(events, 32)
    const watched = going.filter(
      ({ story }) => !found.has(story) && (arrived === story.arrival.length || isWatched(story, arrived)),
    )
    await Promise.all(
      watched.map(async ({ story, cast }) => {
        const difference = await differenceOf(service.table, cast, story, arrived)
        if (difference) found.set(story, difference)
      }),
    )
  }
  return [...found.values()]
}

/** Delivers all events of the stories at once. */
export async function judgeAtOnce(service: Judged, stories: readonly Story[]): Promise<Difference[]> {
  const tellings = stories.map((story) => ({ story, cast: castCustomer() }))
  await service.deliverAll(
    tellings.flatMap(({ story, cast }) => story.arrival.map(cast.eventFor)),
    32,
  )
  const found = await Promise.all(
    tellings.map(({ story, cast }) => differenceOf(service.table, cast, story, story.arrival.length)),
  )
  return found.filter((each) => each !== undefined)
}

export async function differenceOf(
  table: Table,
  { id, asTold }: Cast,
  story: Story,
  arrived: number,
): Promise<Difference | undefined> {
  const stored = await findCustomer(table, id)
  const whole = stored && (await readWholeCustomer(table, stored))
  const lines = whole ? exportLines(whole) : []
  const is = lines.map((line) => textOf(JSON.parse(asTold(line))))
  const isAtEnd = arrived === story.arrival.length
  const told = isAtEnd ? story.history : story.arrival.slice(0, arrived)
  const should = new Oracle(told).facts(customerId).map(textOf)
  const missing = should.filter((fact) => !is.includes(fact))
  const surplus = [
    ...is.filter((fact) => !should.includes(fact)),
    ...(whole ? brokenInvariants(whole) : []),
    ...(isAtEnd ? await faultsOfTrail(table, id, lines, story.seed) : []),
  ]
  return missing.length + surplus.length === 0 ? undefined : { story, arrived, missing, surplus }
}

/** The audit trail gives the directory again, in whatever order it is read. */
async function faultsOfTrail(table: Table, id: string, lines: string[], seed: number): Promise<string[]> {
  const events = new Random(seed).shuffled(await allEvents(table, id))
  const replayed = lines.length > 0 ? exportLines(replay(id, events)) : []
  return [
    ...lines.filter((line) => !replayed.includes(line)).map((line) => `not in the audit trail: ${line}`),
    ...replayed.filter((line) => !lines.includes(line)).map((line) => `in the audit trail alone: ${line}`),
  ]
}

function textOf(fact: Fact): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fact).sort(([a], [b]) => (a < b ? -1 : 1))))
}

export function render({ story: { seed, history, arrival }, arrived, missing, surplus }: Difference): string {
  return [
    `seed ${seed}, after ${arrived} of ${arrival.map(({ id }) => id).join(' ')}`,
    ...history.map(({ id, type, timestamp, data }) =>
      ['  ', id, timestamp.slice(11, 16), type, JSON.stringify({ ...data, customerId: undefined })].join(' '),
    ),
    ...missing.map((fact) => `  missing ${fact}`),
    ...surplus.map((fact) => `  surplus ${fact}`),
  ].join('\n')
}
