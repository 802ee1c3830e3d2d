import type { Instant, Stamp } from '../domain/instant.ts'
import { dateOf, instantOfStamp } from '../domain/instant.ts'
import type { Write } from './item.ts'
import type { CleanedKind, Key } from './keys.ts'
import { keys, keyText } from './keys.ts'
import type { Page, Position } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

const cleanup = 'cleanup'

/** What the index `due` knows of an item with something left to clean up; absent where nothing is. */
export function dueCleanup(key: Key, cleanupSince: Instant | undefined) {
  const dueAt = cleanupSince && `${cleanupSince}#${keyText(key)}`
  return { dueKind: dueAt && cleanup, dueAt }
}

const daySeconds = 86_400

/**
 * Wakes the clean-up, by an item of its own: the many changes that leave nothing behind wake nobody. It has no other use
 * and goes after a day.
 */
export function wakeCleanup(customerId: string, kind: CleanedKind, id: string, at: Stamp): Write {
  const ttl = Math.ceil(dateOf(instantOfStamp(at)).getTime() / 1000) + daySeconds
  return { put: { ...keys.cleanup(customerId, kind, id, at), ttl }, was: undefined }
}

const message = 'message'

/** What the index `due` knows of a message to somebody; absent once it's sent, or given up. */
export function dueMessage(key: Key, due: Instant | undefined) {
  return { dueKind: due && message, dueAt: due && `${due}#${keyText(key)}` }
}

/** Until when nobody else sends it, as the item of a message has it. */
export const dueOf = (dueAt: unknown): Instant | undefined =>
  typeof dueAt === 'string' ? dueAt.slice(0, dueAt.indexOf('#')) : undefined

/** What is due by that moment; a page of at most `limit`. */
export type DuePage = { by: Instant; limit: number; after?: Position | undefined }

/** Keys of the items with something left to clean up since that moment or longer, the longest first. */
export const dueCleanups = (table: Table, page: DuePage): Promise<Page<Key>> => dueKeys(table, cleanup, page)

/** Keys of the messages that are due by that moment, the longest first. */
export const dueMessages = (table: Table, page: DuePage): Promise<Page<Key>> => dueKeys(table, message, page)

async function dueKeys(table: Table, kind: string, { by, limit, after }: DuePage): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: kind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}

/** What one sweep tries at most; the next one goes on. */
const sweepLimit = 1000
const sweepPage = 200

/** Hands over what is due, page after page; returns how many were worked on, as `work` counts them. */
export async function sweepDue(
  read: (page: DuePage) => Promise<Page<Key>>,
  by: Instant,
  work: (keys: readonly Key[]) => Promise<number>,
): Promise<number> {
  let count = 0
  let after: Position | undefined
  do {
    const page = await read({ by, limit: sweepPage, after })
    count += await work(page.items)
    after = page.next
  } while (after && count < sweepLimit)
  return count
}
