import { exportCustomer, readWholeCustomer } from '../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../shared/records/customers.ts'
import { type Fact, Oracle } from '../oracle/oracle.ts'
import { brokenInvariants } from '../support/invariants.ts'
import type { Provisioned } from '../support/provisioned.ts'
import type { TimedEvent } from '../support/timeline.ts'
import { customerId } from './random-history.ts'

/** The service that gets the deliveries. */
export type Judged = Pick<Provisioned, 'table' | 'failures' | 'deliverAll'>

/** One history in one order of arrival. */
export type Story = { seed: number; history: readonly TimedEvent[]; arrival: readonly TimedEvent[] }

/** The differences between service and oracle, and broken invariants; empty if there are none. */
export type Difference = { story: Story; missing: string[]; surplus: string[] }

let customers = 0

type Telling = { story: Story; id: string }

const recast = <T>(value: T, from: string, to: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(from, to))

function eventFor(event: TimedEvent, id: string): TimedEvent {
  return { ...event, id: `${id}_${event.id}`, data: recast(event.data, customerId, id) }
}

/** Delivers every story to a customer of its own, in step, each delivery settled before the next one of its customer. */
export async function judge(service: Judged, stories: readonly Story[]): Promise<Difference[]> {
  const tellings = stories.map((story) => ({ story, id: `ORD${String(++customers).padStart(6, '0')}` }))
  const longest = Math.max(...stories.map(({ arrival }) => arrival.length))
  for (let place = 0; place < longest; place++) {
    const events = tellings.flatMap(({ story, id }) =>
      story.arrival.slice(place, place + 1).map((event) => eventFor(event, id)),
    )
    await service.deliverAll(events, 32)
  }
  const found = await Promise.all(tellings.map((telling) => differenceOf(service, telling)))
  return found.filter((each) => each !== undefined)
}

async function differenceOf(service: Judged, { story, id }: Telling): Promise<Difference | undefined> {
  const customer = await findCustomer(service.table, id)
  const lines = customer ? await exportCustomer(service.table, customer) : []
  const broken = customer ? brokenInvariants(await readWholeCustomer(service.table, customer)) : []
  const is = lines.map((line) => recast(line, id, customerId)).map((line) => textOf(JSON.parse(line)))
  const should = new Oracle(story.history).facts(customerId).map(textOf)
  const missing = should.filter((fact) => !is.includes(fact))
  const surplus = [...is.filter((fact) => !should.includes(fact)), ...broken]
  return missing.length + surplus.length === 0 ? undefined : { story, missing, surplus }
}

function textOf(fact: Fact): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fact).sort(([a], [b]) => (a < b ? -1 : 1))))
}

export function render({ story: { seed, history, arrival }, missing, surplus }: Difference): string {
  return [
    `seed ${seed}, arriving as ${arrival.map(({ id }) => id).join(' ')}`,
    ...history.map(({ id, type, timestamp, data }) =>
      ['  ', id, timestamp.slice(11, 16), type, JSON.stringify({ ...data, customerId: undefined })].join(' '),
    ),
    ...missing.map((fact) => `  missing ${fact}`),
    ...surplus.map((fact) => `  surplus ${fact}`),
  ].join('\n')
}
