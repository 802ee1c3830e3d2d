import { dateOf, type Instant, instantOfStamp, type Stamp } from '../domain/values/instant.ts'
import { dueKeys, type DuePage } from '../table/due.ts'
import type { Write } from '../table/item.ts'
import { type CleanedKind, type Key, keys, keyText } from '../table/keys.ts'
import type { Page } from '../table/query.ts'
import type { Table } from '../table/table.ts'

const cleanup = 'cleanup'

/** Attributes for the index `due` of an item with grants to clean up; absent if there are none. */
export function dueCleanup(key: Key, cleanupSince: Instant | undefined) {
  const dueAt = cleanupSince && `${cleanupSince}#${keyText(key)}`
  return { dueKind: dueAt && cleanup, dueAt }
}

const daySeconds = 86_400

/**
 * Triggers the clean-up by an item of its own, so that the many changes that leave no grants behind don't start it.
 * The item has no other use and expires after a day.
 */
export function requestCleanup(customerId: string, kind: CleanedKind, id: string, at: Stamp): Write {
  const ttl = Math.ceil(dateOf(instantOfStamp(at)).getTime() / 1000) + daySeconds
  return { put: { ...keys.cleanup(customerId, kind, id, at), ttl }, expectedVersion: 'absent' }
}

/** Keys of the items with grants to clean up since that moment or longer, the longest first. */
export const dueCleanups = (table: Table, page: DuePage): Promise<Page<Key>> => dueKeys(table, cleanup, page)
