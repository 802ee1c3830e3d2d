import { dateOf, type Instant } from '../../../shared/domain/values/instant.ts'
import type { Item, Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'

/** What a request was answered, for when it is sent again with its key. Under 1 KB wherever a write unit counts. */
export type StoredResponse = {
  /** Of method, path and body: the key is good for the very same request only. */
  fingerprint: string
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
  expiresAt: Instant
}

export function storedResponseItem(actor: string, key: string, answered: StoredResponse) {
  const ttl = Math.ceil(dateOf(answered.expiresAt).getTime() / 1000)
  return { ...answered, ...keys.idempotency(actor, key), ttl }
}

const asStoredResponse = (item: Item | undefined) => item as Versioned<StoredResponse> | undefined

/** What the actor was answered under this key; it may have expired. */
export async function findStoredResponse(table: Table, actor: string, key: string) {
  return asStoredResponse(await table.get(keys.idempotency(actor, key)))
}
