import type { Instant } from '../domain/values/instant.ts'
import { type Key, keyText } from './keys.ts'
import type { Page, Position } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

const message = 'message'

/** Attributes for the index `due`; absent once the message is sent, or failed for good. */
export function dueMessage(key: Key, due: Instant | undefined) {
  return { dueKind: due && message, dueAt: due && `${due}#${keyText(key)}` }
}

/** Returns the due time of a message item, which is also the end of its lease. */
export const dueOf = (dueAt: unknown): Instant | undefined =>
  typeof dueAt === 'string' ? dueAt.slice(0, dueAt.indexOf('#')) : undefined

/** Items due by that moment; a page of at most `limit`. */
export type DuePage = { by: Instant; limit: number; after?: Position | undefined }

/** Keys of the messages that are due by that moment, longest overdue first. */
export const dueMessages = (table: Table, page: DuePage): Promise<Page<Key>> => dueKeys(table, message, page)

export async function dueKeys(table: Table, kind: string, { by, limit, after }: DuePage): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: kind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}

/** Items that one sweep tries at most; the next sweep continues. */
const sweepLimit = 1000
const sweepPage = 200

/** Passes the due keys to `work`, page after page; returns the sum of the counts that `work` returns. */
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
