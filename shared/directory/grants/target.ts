import {
  type Assignment,
  assignmentOf,
  type Membership,
  membershipOf,
} from '../../domain/access/membership.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { GrantedResource, StoredGrant } from '../../domain/entities/grant.ts'
import { endOf, mainProjectId, type Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import type { Stamp } from '../../domain/values/instant.ts'
import { asGrant, type WaitingRevocation } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import type { Version, Versioned } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** The resource of a grant. Main exists as long as its customer, and needn't be read. */
export type TargetResource =
  | { kind: 'project'; project: Versioned<Project> }
  | { kind: 'main'; project: Project }
  | { kind: 'server'; server: Versioned<Server> }

/** A user and a resource of the same customer in their present state, and the stored grant of the pair. */
export type GrantTarget = {
  customerId: string
  user: Versioned<User>
  resource: TargetResource
  stored: Versioned<StoredGrant> | undefined
  /** A newer waiting revocation supersedes an event's grant. */
  waitingRevocation?: Versioned<WaitingRevocation> | undefined
}

export function resourceOf({ resource }: Pick<GrantTarget, 'resource'>): GrantedResource {
  return resource.kind === 'server'
    ? { kind: 'server', id: resource.server.id }
    : { kind: 'project', id: resource.project.id }
}

export const projectTarget = (project: Versioned<Project>): TargetResource =>
  project.kind === 'main' ? { kind: 'main', project } : { kind: 'project', project }

/** Reads a customer's resource; `undefined`: there is none of that id. */
export async function readTargetResource(
  table: Table,
  customer: Customer,
  { kind, id }: GrantedResource,
): Promise<TargetResource | undefined> {
  if (kind === 'server') {
    const server = asServer(await table.get(keys.server(customer.id, id)))
    return server && { kind: 'server', server }
  }
  if (id === mainProjectId) return { kind: 'main', project: mainProjectOf(customer) }
  const project = asProject(await table.get(keys.project(customer.id, id)))
  return project && projectTarget(project)
}

/** Reads the target by the user's id, in one request; `undefined` if there is no such user. */
export async function readTarget(
  table: Table,
  customerId: string,
  userId: string,
  resource: TargetResource,
): Promise<GrantTarget | undefined> {
  const { kind, id } = resourceOf({ resource })
  const [userItem, grantItem] = await table.getMany([
    keys.user(customerId, userId),
    keys.grant(customerId, userId, kind, id),
  ])
  const user = asUser(userItem)
  return user && !user.deleted ? { customerId, user, resource, stored: asGrant(grantItem) } : undefined
}

/** The newest deletion of user or resource; a grant older than it has no effect. */
export function endedAt({ user, resource }: GrantTarget): Stamp {
  const ends =
    resource.kind === 'server'
      ? [resource.server.lastDeleted]
      : [endOf(resource.project), resource.project.lastDeleted]
  const all = [user.deleted, user.lastDeleted, ...ends].map((stamp) => stamp ?? '')
  return all.sort().at(-1) ?? ''
}

/** The condition that the resource is unchanged: no grant is effective before it exists or after it is gone. */
export function checkTarget({
  customerId,
  resource,
}: GrantTarget): { check: Key; expectedVersion: Version }[] {
  if (resource.kind === 'main') return []
  if (resource.kind === 'server') {
    return [{ check: keys.server(customerId, resource.server.id), expectedVersion: resource.server.version }]
  }
  return [{ check: keys.project(customerId, resource.project.id), expectedVersion: resource.project.version }]
}

/** The effective grant of the target, stored or by the user's type; it may have expired. */
export function effectiveGrantOf({
  user,
  resource,
  stored,
}: GrantTarget): Membership | Assignment | undefined {
  return resource.kind === 'server'
    ? assignmentOf(user, resource.server, stored)
    : membershipOf(user, resource.project, stored)
}
