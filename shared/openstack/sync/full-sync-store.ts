import type { Instant } from '../../domain/values/instant.ts'
import type { Lease } from '../../runtime/lease.ts'
import type { Item, Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Position } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'

/** The comparison of everything in Keystone with the directory: the current one, and the last that was completed. */
export type FullSync = {
  startedAt: Instant
  /** Checkpoint: the position in the list of customers. */
  after?: Position | undefined
  /** So far. */
  projects: number
  drift: number
  /** Fingerprints, by id, of drift of users and deleted projects that was reported only: the next sync doesn't repeat it. */
  reported?: Record<string, string> | undefined
  lease?: Lease | undefined
  endedAt?: Instant | undefined
  last?: FullSyncResult | undefined
}

type FullSyncResult = Pick<FullSync, 'startedAt' | 'projects' | 'drift' | 'reported'> & {
  endedAt: Instant
}

export const fullSyncItem = (fullSync: FullSync) => ({ ...fullSync, ...keys.fullSync })

export async function findFullSync(table: Table): Promise<Versioned<FullSync> | undefined> {
  return (await table.get(keys.fullSync)) as Versioned<FullSync & Item> | undefined
}
