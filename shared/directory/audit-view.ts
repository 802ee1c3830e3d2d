import type { Customer } from '../domain/customer.ts'
import type { StoredGrant } from '../domain/grant.ts'
import type { Project } from '../domain/project.ts'
import type { ResourceChange } from '../domain/audit-event.ts'
import type { Server } from '../domain/server.ts'
import type { User } from '../domain/user.ts'
import { typeOf } from '../domain/user.ts'
import { adminSince } from '../domain/user-type.ts'

type Sides<T> = { before?: T | undefined; after?: T | undefined }

/** Before and after of one resource as audit events show it: what can be rebuilt from, nothing of the table's own. */
function changeOf<T>(
  type: ResourceChange['resource']['type'],
  id: (entity: T) => string,
  view: (entity: T) => Record<string, unknown> | undefined,
) {
  return ({ before, after }: Sides<T>): ResourceChange => {
    const either = after ?? before
    if (!either) throw new Error('a change has a before or an after')
    return { resource: { type, id: id(either) }, before: before && view(before), after: after && view(after) }
  }
}

export const customerChange = changeOf<Customer>('customer', ({ id }) => id, customerView)
export const userChange = changeOf<User>('user', ({ id }) => id, userView)
export const projectChange = changeOf<Project>('project', ({ id }) => id, projectView)
export const serverChange = changeOf<Server>('server', ({ id }) => id, serverView)
export const membershipChange = changeOf<StoredGrant>(
  'membership',
  ({ userId, resource }) => `${resource.id}/${userId}`,
  grantView,
)
export const assignmentChange = changeOf<StoredGrant>(
  'assignment',
  ({ userId, resource }) => `${resource.id}/${userId}`,
  grantView,
)

function customerView({ organisation, status, mainCustomerId, contact, billing }: Customer) {
  return { organisation, status, mainCustomerId, contact, billing }
}

function userView(user: User) {
  if (user.deleted) return undefined
  const { email, name, status } = user
  return {
    email,
    name,
    type: typeOf(user),
    status,
    adminSince: adminSince(user.types),
    login: user.login?.hash,
  }
}

function projectView(project: Project) {
  if (project.deleted) return undefined
  const { kind, name, description, status, createdAt } = project
  return { kind, name, description, status, createdAt }
}

function serverView({ exists, hostname }: Server) {
  return exists ? { hostname } : undefined
}

/** A removal is told as one: it also takes away what a type would give. */
function grantView({ revoked, resource, roles, capabilities, source, expiresAt, reason }: StoredGrant) {
  if (revoked) return { revoked: true }
  const held = resource.kind === 'project' ? { roles } : { capabilities }
  return { ...held, source, expiresAt, reason }
}
