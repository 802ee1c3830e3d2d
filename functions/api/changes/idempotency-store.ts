import { dateOf, type Instant } from '../../../shared/domain/values/instant.ts'
import type { Item, Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'

/** The response to a request, sent again when the request comes again with its key. Under 1 KB, a write unit, in most cases. */
export type StoredResponse = {
  /** Hash of method, path and body: the key is valid for the very same request only. */
  fingerprint: string
  status: 200 | 201 | 204
  body?: string | undefined
  etag?: string | undefined
  location?: string | undefined
  expiresAt: Instant
}

export function storedResponseItem(actor: string, key: string, stored: StoredResponse) {
  const ttl = Math.ceil(dateOf(stored.expiresAt).getTime() / 1000)
  return { ...stored, ...keys.idempotency(actor, key), ttl }
}

const asStoredResponse = (item: Item | undefined) => item as Versioned<StoredResponse> | undefined

/** Returns the actor's response of this key; it may have expired. */
export async function findStoredResponse(table: Table, actor: string, key: string) {
  return asStoredResponse(await table.get(keys.idempotency(actor, key)))
}
