import type { Project } from '../domain/entities/project.ts'
import type { Instant } from '../domain/values/instant.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys, prefixes } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import { dueCleanup } from './cleanup-requests.ts'

export function projectItem(project: Project, ttl?: number) {
  const key = keys.project(project.customerId, project.id)
  return {
    ...project,
    ...key,
    ...dueCleanup(key, project.cleanupSince),
    live: project.deleted ? undefined : 'yes',
    ttl,
  }
}

export const asProject = (item: Item | undefined) => item as Versioned<Project> | undefined

/**
 * Time of creation of the newest project, deleted ones included. Ids begin with the time, and Main's sorts before
 * all.
 */
export async function newestProjectAt(table: Table, customerId: string): Promise<Instant | undefined> {
  const { items } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.projects,
    newestFirst: true,
    limit: 1,
  })
  return asProject(items[0])?.createdAt
}

/** Oldest first, Main before all others. */
export async function listProjects(
  reads: Pick<Table, 'queryPage'>,
  customerId: string,
  page: { limit?: number; after?: Position | undefined } = {},
): Promise<Page<Versioned<Project>>> {
  const { items, next } = await reads.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.projects,
    only: { attribute: 'live' },
    after: page.after,
    ...(page.limit !== undefined && { limit: page.limit }),
  })
  return { items: items.map(asProject).filter((project) => project !== undefined), next }
}
