import type { Capability } from '../entities/capability.ts'
import type { GrantSource, StoredGrant } from '../entities/grant.ts'
import { isLive, type Project } from '../entities/project.ts'
import type { Server } from '../entities/server.ts'
import { adminSince, typeSince, wasOwner } from '../entities/user-type.ts'
import { isMainCustomer, typeOf, type User } from '../entities/user.ts'
import { type Instant, instantOfStamp } from '../values/instant.ts'
import { effectiveGrant, storedTerms } from './effective-grant.ts'

/** True for the types that are members of OpenStack projects without a stored grant, possibly of any project. */
export function isImplicitMember(user: User): boolean {
  return typeOf(user) === 'main-customer' || typeOf(user) === 'customer-admin'
}

/** An effective membership, stored or derived from the type; it may have expired, which readers check. */
export type Membership = {
  roles: readonly string[]
  source: GrantSource | 'type'
  grantedBy?: string | undefined
  grantedAt: Instant
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

export type Assignment = Omit<Membership, 'roles'> & { capabilities: readonly Capability[] }

/** Returns the user's membership in the project, if any. `stored` is the stored grant of exactly this pair. */
export function membershipOf(
  user: User,
  project: Project,
  stored: StoredGrant | undefined,
): Membership | undefined {
  if (!isLive(project)) return undefined
  const through = isMainCustomer(user) ? 'type' : memberThrough(user, project, stored)
  return through === 'type' ? byType(user, project) : through
}

/**
 * Returns what makes anybody but the main-customer a member of a live project: a stored grant, which may have expired,
 * or the type. A decision needs no more of a membership.
 */
export function memberThrough(
  user: User,
  project: Project,
  stored: StoredGrant | undefined,
): StoredGrant | 'type' | undefined {
  return project.kind === 'main' ? memberOfMainThrough(user, stored) : inOpenStack(user, project, stored)
}

/** Of Main admin and billing are members by their type, unless a grant has changed that since; others by stored grant. */
export function memberOfMainThrough(
  user: User,
  grant: StoredGrant | undefined,
): StoredGrant | 'type' | undefined {
  const type = typeOf(user)
  if (type === 'customer-admin' || type === 'customer-billing') {
    const stored = storedTerms(user, grant)
    if (!stored || stored.stamp <= typeSince(user.types)) return 'type'
  }
  return effectiveGrant(user, grant)
}

/** By stored grant; an admin also by type, if the project isn't older and they haven't been removed. */
function inOpenStack(
  user: User,
  project: Project,
  found: StoredGrant | undefined,
): StoredGrant | 'type' | undefined {
  // A grant or removal older than the last deletion of the name was about another project.
  const stored = found && found.stamp < (project.lastDeleted ?? '') ? undefined : found
  return typeOf(user) === 'customer-admin' ? asAdmin(user, project, stored) : effectiveGrant(user, stored)
}

function asAdmin(
  user: User,
  project: Project,
  found: StoredGrant | undefined,
): StoredGrant | 'type' | undefined {
  const { types } = user
  // A grant from before they owned everything doesn't narrow the access that they keep afterwards.
  const isFromBefore = found !== undefined && wasOwner(types) && found.stamp < typeSince(types)
  const stored = isFromBefore ? undefined : found
  const grant = effectiveGrant(user, stored)
  if (grant) return grant
  const since = adminSince(types)
  if (since === undefined || since > project.createdAt) return undefined
  const left = stored?.revoked && stored.stamp > typeSince(types)
  return left ? undefined : 'type'
}

export function assignmentOf(
  user: User,
  server: Server,
  stored: StoredGrant | undefined,
): Assignment | undefined {
  const grant = effectiveGrant(user, stored)
  if (!grant || !server.exists) return undefined
  return server.lastDeleted !== undefined && server.lastDeleted > grant.stamp ? undefined : grant
}

const full: readonly string[] = ['full']
const none: readonly string[] = []
/** The roles of a membership that comes with the type. */
export const rolesByType = ({ kind }: Project): readonly string[] => (kind === 'main' ? none : full)

function byType(user: User, project: Project): Membership {
  const { kind, createdAt } = project
  const isSince = kind === 'main' && !isMainCustomer(user)
  const grantedAt = isSince ? instantOfStamp(typeSince(user.types)) : createdAt
  return { roles: rolesByType(project), source: 'type', grantedAt }
}
