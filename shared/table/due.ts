import type { Instant } from '../domain/values/instant.ts'
import { type Key, keyText } from './keys.ts'
import type { Page, Position } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

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

/** Keys of the messages that are due by that moment, the longest first. */
export const dueMessages = (table: Table, page: DuePage): Promise<Page<Key>> => dueKeys(table, message, page)

export async function dueKeys(table: Table, kind: string, { by, limit, after }: DuePage): Promise<Page<Key>> {
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
