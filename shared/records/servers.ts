import type { Server } from '../domain/entities/server.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys, prefixes } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import { dueCleanup } from './cleanup-requests.ts'

export function serverItem(server: Server, ttl?: number) {
  const key = keys.server(server.customerId, server.id)
  return {
    ...server,
    ...key,
    ...dueCleanup(key, server.cleanupSince),
    live: server.exists ? 'yes' : undefined,
    ttl,
  }
}

export const asServer = (item: Item | undefined) => item as Versioned<Server> | undefined

/** Lists servers by id. */
export async function listServers(
  reads: Pick<Table, 'queryPage'>,
  customerId: string,
  page: { limit?: number; after?: Position | undefined } = {},
): Promise<Page<Versioned<Server>>> {
  const { items, next } = await reads.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.servers,
    only: { attribute: 'live' },
    after: page.after,
    ...(page.limit !== undefined && { limit: page.limit }),
  })
  return { items: items.map(asServer).filter((server) => server !== undefined), next }
}
