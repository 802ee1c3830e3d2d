import type { Capability } from './capability.ts'
import type { Instant, Stamp } from './instant.ts'
import type { User } from './user.ts'
import { typeOf } from './user.ts'
import { voidedSince } from './user-type.ts'

export type GrantSource = 'explicit' | 'webhook' | 'review' | 'scim'
export type GrantedResource = { kind: 'project' | 'server'; id: string }

/**
 * The register of a pair of user and resource: the newest grant, or the newest revocation, which stays as a marker so
 * that an older grant arriving late has no effect.
 */
export type StoredGrant = {
  customerId: string
  userId: string
  resource: GrantedResource
  stamp: Stamp
  revoked?: boolean | undefined
  roles: readonly string[]
  capabilities: readonly Capability[]
  source: GrantSource
  grantedBy: string
  grantedAt: Instant
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Days that the marker of a removal is kept. */
export const markerDays = 400

/** What a decision or an audit event calls a grant: its path below the customer. */
export function grantName(userId: string, { kind, id }: GrantedResource): string {
  return kind === 'project' ? `projects/${id}/members/${userId}` : `servers/${id}/assignments/${userId}`
}

/** Why the user's type can't carry the grant; `undefined` if it can. */
export function aboveCeiling(
  user: User,
  { kind, id }: GrantedResource,
  roles: readonly string[],
): string | undefined {
  if (typeOf(user) !== 'customer-billing') return undefined
  if (kind === 'server') return 'a billing user holds no servers'
  if (id !== 'main') return 'a billing user holds no OpenStack projects'
  return roles.length > 0 ? 'a billing user holds no role in the Main project' : undefined
}

/** The stored grant if it stands: not revoked, not gone with a type, not above the present one. */
export function standing(user: User, stored: StoredGrant | undefined): StoredGrant | undefined {
  if (!stored || stored.revoked || voidedSince(user.types, stored.stamp)) return undefined
  return aboveCeiling(user, stored.resource, stored.roles) ? undefined : stored
}

export function isExpired(grant: { expiresAt?: Instant | undefined }, now: Instant): boolean {
  return grant.expiresAt !== undefined && grant.expiresAt <= now
}
