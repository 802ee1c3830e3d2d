import type { Capability } from '../entities/capability.ts'
import type { GrantSource, StoredGrant } from '../entities/grant.ts'
import { isLive, type Project } from '../entities/project.ts'
import type { Server } from '../entities/server.ts'
import { adminSince, typeSince, wasOwner } from '../entities/user-type.ts'
import { typeOf, type User } from '../entities/user.ts'
import { type Instant, instantOfStamp } from '../values/instant.ts'
import { storedTerms, effectiveGrant } from './effective-grant.ts'

/** True for the types that are members of OpenStack projects without anything stored: any project may be theirs. */
export function isImplicitMember(user: User): boolean {
  return typeOf(user) === 'main-customer' || typeOf(user) === 'customer-admin'
}

/** A membership as it counts, stored or derived from the type; it may have expired, which readers check. */
export type Membership = {
  roles: readonly string[]
  source: GrantSource | 'type'
  grantedBy?: string | undefined
  grantedAt: Instant
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

export type Assignment = Omit<Membership, 'roles'> & { capabilities: readonly Capability[] }

/** The membership of this user in this project, if any. `stored` is the register of exactly this pair. */
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

/** The main-customer always; admin and billing with their type, unless changed since; others by what is stored. */
function membershipOfMain(
  user: User,
  main: Project,
  register: StoredGrant | undefined,
): Membership | undefined {
  const stored = storedTerms(user, register)
  const type = typeOf(user)
  if (type === 'main-customer') return byType([], main.createdAt)
  const comesWithType = type === 'customer-admin' || type === 'customer-billing'
  const since = typeSince(user.types)
  if (comesWithType && !(stored && stored.stamp > since)) return byType([], instantOfStamp(since))
  return asMembership(effectiveGrant(user, stored))
}

/** The main-customer always; what is stored; an admin, if the project isn't older and they haven't been removed. */
function inOpenStack(
  user: User,
  project: Project,
  register: StoredGrant | undefined,
): Membership | undefined {
  if (typeOf(user) === 'main-customer') return byType(['full'], project.createdAt)
  // What is older than a deletion of the name was said of another project: neither a grant nor a removal counts.
  const isOlder = (register?.stamp ?? '') < (project.lastDeleted ?? '')
  const stored = isOlder || isFromBeforeOwning(user, register) ? undefined : register
  const grant = effectiveGrant(user, stored)
  if (grant) return asMembership(grant)
  const since = adminSince(user.types)
  if (since === undefined || since > project.createdAt) return undefined
  const left = stored?.revoked && stored.stamp > typeSince(user.types)
  return left ? undefined : byType(['full'], project.createdAt)
}

/** What was stored before somebody owned everything doesn't narrow what they keep as an admin afterwards. */
function isFromBeforeOwning({ types }: User, register: StoredGrant | undefined): boolean {
  return adminSince(types) !== undefined && wasOwner(types) && (register?.stamp ?? '') < typeSince(types)
}

export function assignmentOf(
  user: User,
  server: Server,
  stored: StoredGrant | undefined,
): Assignment | undefined {
  const grant = effectiveGrant(user, stored)
  if (!grant || !server.exists || (server.lastDeleted ?? '') > grant.stamp) return undefined
  const { roles: _, ...terms } = termsOf(grant)
  return { ...terms, capabilities: grant.capabilities }
}

function byType(roles: readonly string[], grantedAt: Instant): Membership {
  return { roles, source: 'type', grantedAt }
}

function asMembership(grant: StoredGrant | undefined): Membership | undefined {
  return grant && termsOf(grant)
}

function termsOf({ roles, source, grantedBy, grantedAt, expiresAt, reason }: StoredGrant): Membership {
  return { roles, source, grantedBy, grantedAt, expiresAt, reason }
}
