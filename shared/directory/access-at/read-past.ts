import { encodeTime } from 'ulid'
import { DomainError } from '../../domain/values/errors.ts'
import { addMilliseconds, dateOf, type Instant, instantOf } from '../../domain/values/instant.ts'
import { asEvent } from '../../records/audit-events.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { addEvents, addState, nameOf, type Past } from './past.ts'
import { addKeptParts, keepPart } from './past-store.ts'

/**
 * Milliseconds between the planning of a change, with which its event's id begins, and its commit, at most: no Lambda
 * runs for longer.
 */
const longestCommit = 15 * 60_000

/**
 * Pages of the trail, a megabyte each, with which a call still answers in ten requests. If they don't reach the present,
 * it reads on to the second number, keeps what it has read, and the next call continues.
 */
const pagesToAnswer = 2
const pagesToRead = 6

export type Reading = {
  past: Past
  /** Everything that the events read are about, also if they were committed before the time. */
  mentioned: ReadonlySet<string>
  /** Reads what was committed meanwhile; to be called once present items were read. */
  catchUp: () => Promise<void>
}

/**
 * Reads what a customer's resources were at a time, if they have changed since, from the audit trail: the cost grows with
 * the number of changes since then. Returns `undefined` if that is more than a call reads.
 */
export async function readPast(
  table: Table,
  customerId: string,
  time: Instant,
): Promise<Reading | undefined> {
  const begun = instantOf(table.now())
  const past: Past = new Map()
  const mentioned = new Set<string>()
  const kept = await addKeptParts(table, customerId, time, past)
  let from = kept === undefined ? firstId(addMilliseconds(time, -longestCommit)) : after(kept)

  /** Reads the next page; `upTo` is its last event, absent on the last page. */
  async function readPage() {
    const { items, next } = await table.queryPage({ partition: keys.event(customerId, '').pk, from })
    const events = items.map(asEvent)
    const states: Past = new Map()
    addEvents(states, events, time)
    for (const [name, state] of states) addState(past, name, state)
    for (const { changes } of events)
      for (const { resource } of changes) mentioned.add(nameOf(resource.type, resource.id))
    const upTo = events.at(-1)?.id
    if (upTo !== undefined) from = after(upTo)
    return { states, upTo: next && upTo }
  }

  const full: { upTo: string; states: Past }[] = []
  for (let pages = 1; pages <= pagesToRead; pages++) {
    const { states, upTo } = await readPage()
    if (upTo === undefined && pages <= pagesToAnswer) return { past, mentioned, catchUp }
    if (upTo === undefined) break
    full.push({ states, upTo })
  }
  const settled = firstId(addMilliseconds(begun, -longestCommit))
  const final = full.filter(({ upTo }) => upTo < settled)
  const upTo = final.at(-1)?.upTo
  if (upTo === undefined) throw busy()
  const read: Past = new Map()
  for (const { states } of final) for (const [name, state] of states) addState(read, name, state)
  // Earlier parts have the rest, so that all parts together grow with the number of resources alone.
  const states = [...read].filter(([name, state]) => past.get(name) === state)
  await keepPart(table, customerId, time, { upTo, states })
  return undefined

  async function catchUp(): Promise<void> {
    from = firstId(addMilliseconds(begun, -longestCommit))
    if ((await readPage()).upTo !== undefined) throw busy()
  }
}

const firstId = (instant: Instant) =>
  `${encodeTime(Math.max(0, dateOf(instant).getTime()), 10)}${'0'.repeat(16)}`

/** Sorts after the id, and before all others that do. */
const after = (id: string) => `${id}0`

const busy = () =>
  new DomainError('unavailable', 'So much is changing just now that the past cannot be read; try again.')
