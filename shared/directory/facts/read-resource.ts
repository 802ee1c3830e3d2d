import type { ResourceRef } from '../../domain/access/decide.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import { isId } from '../../domain/values/id.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import type { Item, Versioned } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** A resource with its version. */
export type VersionedResource =
  | { type: 'user'; user: Versioned<User> }
  | { type: 'project'; project: Versioned<Project> }
  | { type: 'server'; server: Versioned<Server> }

/** Reads the resource of a decision; it may be a tombstone. The customer itself is read anyway. */
export async function readResource(
  table: Pick<Table, 'get'>,
  customerId: string,
  ref: ResourceRef,
): Promise<VersionedResource | undefined> {
  const key = resourceKey(customerId, ref)
  return key && asResource(ref, await table.get(key))
}

/** The key of the resource's item; undefined for the customer itself, and for what can't exist. */
export function resourceKey(customerId: string, { type, id }: ResourceRef): Key | undefined {
  if (!isId(id)) return undefined
  if (type === 'user') return keys.user(customerId, id)
  if (type === 'project') return keys.project(customerId, id)
  return type === 'server' ? keys.server(customerId, id) : undefined
}

export function asResource({ type }: ResourceRef, item: Item | undefined): VersionedResource | undefined {
  const user = type === 'user' && asUser(item)
  if (user) return { type: 'user', user }
  const project = type === 'project' && asProject(item)
  if (project) return { type: 'project', project }
  const server = type === 'server' && asServer(item)
  return server ? { type: 'server', server } : undefined
}
