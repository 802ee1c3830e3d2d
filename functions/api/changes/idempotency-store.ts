import { dateOf, type Instant } from '../../../shared/domain/values/instant.ts'
import type { Item, Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'

/** What a request was answered, for when it is sent again with its key. Under 1 KB wherever a write unit counts. */
export type Answered = {
  /** Of method, path and body: the key is good for the very same request only. */
  fingerprint: string
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
  expiresAt: Instant
}

export function answeredItem(actor: string, key: string, answered: Answered) {
  const ttl = Math.ceil(dateOf(answered.expiresAt).getTime() / 1000)
  return { ...answered, ...keys.idempotency(actor, key), ttl }
}

const asAnswered = (item: Item | undefined) => item as Versioned<Answered> | undefined

/** What the actor was answered under this key; it may have expired. */
export async function findAnswered(table: Table, actor: string, key: string) {
  return asAnswered(await table.get(keys.idempotency(actor, key)))
}
