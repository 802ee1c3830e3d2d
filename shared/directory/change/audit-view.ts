import type { Customer } from '../../domain/entities/customer.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import type { Transfer } from '../../domain/entities/ownership-offer.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import { adminSince, typeSince, revokedByTypeUntil, wasOwner } from '../../domain/entities/user-type.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import type { ResourceChange } from '../../domain/values/audit-event.ts'
import { type Expected, nextVersion, versionOf } from '../../table/item.ts'

type Sides<T> = { before?: Expected<T> | undefined; after?: T | undefined }

/**
 * Builds the audit view of a change to one resource: enough to rebuild the resource, and nothing internal to the
 * table.
 */
export function changeOf<T>(
  type: ResourceChange['resource']['type'],
  id: (entity: T) => string,
  view: (entity: T) => Record<string, unknown> | undefined,
  originOf?: (entity: T) => Record<string, unknown>,
) {
  return ({ before, after }: Sides<T>): ResourceChange => {
    const either = after ?? before
    if (!either) throw new Error('a change has a before or an after')
    return {
      resource: { type, id: id(either) },
      version: nextVersion(versionOf(before)),
      before: before && view(before),
      after: after && view(after),
      ...(before && originOf && { origin: originOf(before) }),
    }
  }
}

export const customerChange = changeOf<Customer>('customer', ({ id }) => id, customerView)
export const userChange = changeOf<User>('user', ({ id }) => id, userView, originOfType)
export const transferChange = changeOf<Transfer>('transfer', ({ customerId }) => customerId, transferView)
export const projectChange = changeOf<Project>('project', ({ id }) => id, projectView)
export const serverChange = changeOf<Server>('server', ({ id }) => id, serverView)
export const membershipChange = changeOf<StoredGrant>(
  'membership',
  ({ userId, resource }) => `${resource.id}/${userId}`,
  grantView,
  originOfGrant,
)
export const assignmentChange = changeOf<StoredGrant>(
  'assignment',
  ({ userId, resource }) => `${resource.id}/${userId}`,
  grantView,
  originOfGrant,
)

export type CustomerView = ReturnType<typeof customerView>
export type UserView = NonNullable<ReturnType<typeof userView>>

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
    lastDeleted: user.lastDeleted,
    ...typeStamps(user),
    login: user.login?.hash,
    invitedAgain: user.invitations?.again || undefined,
  }
}

/**
 * The stamps that grants are compared with: since when the type brings memberships, and until when billing revoked
 * them.
 */
function typeStamps(user: User) {
  const brings = ['customer-admin', 'customer-billing'].includes(typeOf(user))
  return {
    typeStamp: brings ? typeSince(user.types) : undefined,
    voidUntil: revokedByTypeUntil(user.types),
    wasOwner: wasOwner(user.types) || undefined,
  }
}

function originOfType({ types }: User) {
  return { typeSince: typeSince(types) }
}

function originOfGrant({ grantedBy, grantedAt }: StoredGrant) {
  return { grantedBy, grantedAt }
}

function transferView({ to, offeredBy, expiresAt }: Transfer) {
  return { to, offeredBy, expiresAt }
}

function projectView(project: Project) {
  if (project.deleted) return undefined
  const { kind, name, description, status, createdAt, lastDeleted } = project
  return { kind, name, description, status, createdAt, lastDeleted }
}

function serverView({ exists, hostname, lastDeleted }: Server) {
  return exists ? { hostname, lastDeleted } : undefined
}

/** A removal is shown as such, since it also takes away the membership that a type would give. */
function grantView({ revoked, resource, roles, capabilities, stamp, ...terms }: StoredGrant) {
  const { source, expiresAt, reason, older } = terms
  if (revoked) return { revoked: true, stamp, older }
  const held = resource.kind === 'project' ? { roles } : { capabilities }
  return { ...held, source, expiresAt, reason, stamp, older }
}
