import type { Capability } from '../entities/capability.ts'
import type { GrantSource, StoredGrant } from '../entities/grant.ts'
import { isLive, type Project } from '../entities/project.ts'
import type { Server } from '../entities/server.ts'
import { adminSince, typeSince, wasOwner } from '../entities/user-type.ts'
import { typeOf, type User } from '../entities/user.ts'
import { type Instant, instantOfStamp } from '../values/instant.ts'
import { storedTerms, effectiveGrant } from './effective-grant.ts'

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
  return project.kind === 'main'
    ? membershipOfMain(user, project, stored)
    : inOpenStack(user, project, stored)
}

/**
 * The main-customer is always a member; admin and billing by their type, unless a grant has changed that since;
 * others by stored grant.
 */
function membershipOfMain(user: User, main: Project, grant: StoredGrant | undefined): Membership | undefined {
  const stored = storedTerms(user, grant)
  const type = typeOf(user)
  if (type === 'main-customer') return byType([], main.createdAt)
  const comesWithType = type === 'customer-admin' || type === 'customer-billing'
  const since = typeSince(user.types)
  if (comesWithType && !(stored && stored.stamp > since)) return byType([], instantOfStamp(since))
  return effectiveGrant(user, stored)
}

/**
 * The main-customer is always a member; others by stored grant; an admin also by type, if the project isn't older and
 * they haven't been removed.
 */
function inOpenStack(user: User, project: Project, found: StoredGrant | undefined): Membership | undefined {
  if (typeOf(user) === 'main-customer') return byType(['full'], project.createdAt)
  // A grant or removal older than the last deletion of the name was about another project.
  const isOlder = (found?.stamp ?? '') < (project.lastDeleted ?? '')
  const stored = isOlder || isFromBeforeOwning(user, found) ? undefined : found
  const grant = effectiveGrant(user, stored)
  if (grant) return grant
  const since = adminSince(user.types)
  if (since === undefined || since > project.createdAt) return undefined
  const left = stored?.revoked && stored.stamp > typeSince(user.types)
  return left ? undefined : byType(['full'], project.createdAt)
}

/**
 * A grant stored before the user owned everything doesn't narrow the access that they keep as an admin afterwards.
 */
function isFromBeforeOwning({ types }: User, stored: StoredGrant | undefined): boolean {
  return adminSince(types) !== undefined && wasOwner(types) && (stored?.stamp ?? '') < typeSince(types)
}

export function assignmentOf(
  user: User,
  server: Server,
  stored: StoredGrant | undefined,
): Assignment | undefined {
  const grant = effectiveGrant(user, stored)
  if (!grant || !server.exists || (server.lastDeleted ?? '') > grant.stamp) return undefined
  return grant
}

function byType(roles: readonly string[], grantedAt: Instant): Membership {
  return { roles, source: 'type', grantedAt }
}
