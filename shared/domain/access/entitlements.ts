import type { Capability } from '../entities/capability.ts'
import type { Customer } from '../entities/customer.ts'
import { type GrantedResource, isExpired, type StoredGrant } from '../entities/grant.ts'
import { mainProjectId, type Project } from '../entities/project.ts'
import type { Server } from '../entities/server.ts'
import type { User } from '../entities/user.ts'
import type { Instant } from '../values/instant.ts'
import { mainProjectOf } from './main-project.ts'
import { assignmentOf, isImplicitMember, type Membership, membershipOf } from './membership.ts'

/** Everything of a customer that grants are on, by id; Main follows from the customer. */
export type Resources = {
  customer: Customer
  projects: ReadonlyMap<string, Project>
  servers: ReadonlyMap<string, Server>
}

export type Entitlement = { resource: GrantedResource; label: string; terms: GrantTerms }

/** Returns a user's unexpired entitlements, stored or by type. `grants` are all stored grants of the user. */
export function entitlementsOf(
  user: User,
  grants: ReadonlyMap<string, StoredGrant>,
  resources: Resources,
  now: Instant,
): Entitlement[] {
  if (user.deleted) return []
  const stored = [...grants.values()].map(({ resource }) => resource)
  const inProjects = isImplicitMember(user) ? resources.projects.keys() : idsOf(stored, 'project')
  const projectIds = new Set([mainProjectId, ...inProjects])
  const held = [
    ...[...projectIds].map((id) => entitlementIn(user, grants, resources, id)),
    ...idsOf(stored, 'server').map((id) => entitlementOn(user, grants, resources, id)),
  ]
  return held.filter((each) => each !== undefined).filter(({ terms }) => !isExpired(terms, now))
}

const idsOf = (stored: readonly GrantedResource[], kind: GrantedResource['kind']) =>
  stored.filter((resource) => resource.kind === kind).map(({ id }) => id)

function entitlementIn(
  user: User,
  grants: ReadonlyMap<string, StoredGrant>,
  { customer, projects }: Resources,
  id: string,
): Entitlement | undefined {
  const project = id === mainProjectId ? mainProjectOf(customer) : projects.get(id)
  const membership = project && membershipOf(user, project, grants.get(`project/${id}`))
  if (!project || !membership) return undefined
  return {
    resource: { kind: 'project', id },
    label: project.name,
    terms: termsOf({ ...membership, capabilities: [] }),
  }
}

function entitlementOn(
  user: User,
  grants: ReadonlyMap<string, StoredGrant>,
  { servers }: Resources,
  id: string,
): Entitlement | undefined {
  const server = servers.get(id)
  const assignment = server && assignmentOf(user, server, grants.get(`server/${id}`))
  if (!assignment) return undefined
  return {
    resource: { kind: 'server', id },
    label: server.hostname,
    terms: termsOf({ ...assignment, roles: [] }),
  }
}

function termsOf({ roles, capabilities, source, grantedBy, grantedAt, expiresAt }: GrantTerms): GrantTerms {
  return { roles, capabilities, source, grantedBy, grantedAt, expiresAt }
}

/** The content of a grant, and its origin. */
export type GrantTerms = Pick<Membership, 'source' | 'grantedBy' | 'grantedAt' | 'expiresAt'> & {
  roles: readonly string[]
  capabilities: readonly Capability[]
}
