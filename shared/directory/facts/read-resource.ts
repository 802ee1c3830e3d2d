import type { ResourceRef } from '../../domain/access/decide.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import { isId } from '../../domain/values/id.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { TableReads } from '../../table/table.ts'

/** A resource with its version. */
export type VersionedResource =
  | { type: 'user'; user: Versioned<User> }
  | { type: 'project'; project: Versioned<Project> }
  | { type: 'server'; server: Versioned<Server> }

/** Reads the resource of a decision; it may be a tombstone. The customer itself is read anyway. */
export async function readResource(
  table: TableReads,
  customerId: string,
  { type, id }: ResourceRef,
): Promise<VersionedResource | undefined> {
  if (!isId(id)) return undefined
  if (type === 'user') {
    const user = asUser(await table.get(keys.user(customerId, id)))
    return user && { type, user }
  }
  if (type === 'project') {
    const project = asProject(await table.get(keys.project(customerId, id)))
    return project && { type, project }
  }
  if (type !== 'server') return undefined
  const server = asServer(await table.get(keys.server(customerId, id)))
  return server && { type, server }
}
