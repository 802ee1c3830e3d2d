import type { Capability } from './capability.ts'
import type { Instant, Stamp } from './instant.ts'

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

export function isExpired(grant: { expiresAt?: Instant | undefined }, now: Instant): boolean {
  return grant.expiresAt !== undefined && grant.expiresAt <= now
}
