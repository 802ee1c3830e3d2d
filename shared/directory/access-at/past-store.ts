import { gunzipSync, gzipSync } from 'node:zlib'
import { isStale } from '../../domain/values/errors.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { Write } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { addState, type Past, type PastState } from './past.ts'

/** An item has 400 KB at most. A megabyte of the trail mostly shrinks to less than a fifth of that. */
const mostBytes = 350_000
/** A list is read to its end within a day. */
const keptSeconds = 86_400

type States = readonly (readonly [name: string, PastState])[]

/**
 * Keeps what a part of the audit trail, up to that event, says about a time, so that the next call reads on from there. The
 * part has to be final: nothing is committed any more with an id up to that one.
 */
export async function keepPart(
  table: Table,
  customerId: string,
  time: Instant,
  { upTo, states }: { upTo: string; states: States },
): Promise<void> {
  const ttl = Math.ceil(table.now().getTime() / 1000) + keptSeconds
  const pieces = packed(states)
  const writes = pieces.map((piece, place): Write => {
    const last = keys.past(customerId, time, upTo)
    const key = place === pieces.length - 1 ? last : before(last, place)
    return { put: { ...key, packed: piece, ttl }, expectedVersion: 'absent' }
  })
  try {
    await table.transact(writes)
  } catch (error) {
    // A concurrent call has kept the same.
    if (!isStale(error)) throw error
  }
}

/** A key that sorts before this one, and after those of all earlier events but those of the same 32. */
const before = ({ pk, sk }: Key, place: number): Key => ({ pk, sk: `${sk.slice(0, -1)}!${place}` })

function packed(states: States): Uint8Array[] {
  const bytes = gzipSync(JSON.stringify(states))
  if (bytes.length <= mostBytes || states.length <= 1) return [bytes]
  const half = Math.ceil(states.length / 2)
  return [...packed(states.slice(0, half)), ...packed(states.slice(half))]
}

/** Adds the parts that are kept, a request per megabyte; returns the last event that they cover. */
export async function addKeptParts(
  table: Table,
  customerId: string,
  time: Instant,
  past: Past,
): Promise<string | undefined> {
  let upTo: string | undefined
  const { pk: partition } = keys.past(customerId, time, '')
  for await (const { sk, packed: piece } of table.queryAll({ partition })) {
    const states: States = JSON.parse(gunzipSync(piece as Uint8Array).toString())
    for (const [name, state] of states) addState(past, name, state)
    upTo = sk
  }
  return upTo
}
