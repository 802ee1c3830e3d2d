import type { Project } from '../domain/project.ts'
import type { Item, Versioned } from './item.ts'
import { keys, prefixes } from './keys.ts'
import type { Page, Position } from './query.ts'
import type { Table } from './table.ts'

export function projectItem(project: Project, ttl?: number) {
  return {
    ...project,
    ...keys.project(project.customerId, project.id),
    live: project.deleted ? undefined : 'yes',
    ttl,
  }
}

export const asProject = (item: Item | undefined) => item as Versioned<Project> | undefined

/** Oldest first, Main before all others. */
export async function listProjects(
  table: Table,
  customerId: string,
  page: { limit?: number; after?: Position | undefined } = {},
): Promise<Page<Versioned<Project>>> {
  const { items, next } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.projects,
    only: { attribute: 'live' },
    after: page.after,
    ...(page.limit !== undefined && { limit: page.limit }),
  })
  return { items: items.map(asProject).filter((project) => project !== undefined), next }
}
