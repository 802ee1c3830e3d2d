import type { Instant } from '../../domain/values/instant.ts'
import type { Item, Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Position } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'

/** A pass over everything: the one under way, and the last one that came to its end. */
export type FullSync = {
  startedAt: Instant
  /** Where the list of customers goes on. */
  after?: Position | undefined
  /** So far. */
  projects: number
  drift: number
  /** By id, what was reported of users and deleted projects and not put right: the next pass doesn't tell it again. */
  told?: Record<string, string> | undefined
  run?: { id: string; until: Instant } | undefined
  endedAt?: Instant | undefined
  last?: FullSyncResult | undefined
}

export type FullSyncResult = Pick<FullSync, 'startedAt' | 'projects' | 'drift' | 'told'> & {
  endedAt: Instant
}

export const fullSyncItem = (pass: FullSync) => ({ ...pass, ...keys.fullSync })

export async function findFullSync(table: Table): Promise<Versioned<FullSync> | undefined> {
  return (await table.get(keys.fullSync)) as Versioned<FullSync & Item> | undefined
}
