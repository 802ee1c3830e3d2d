import type { Instant, Stamp } from '../values/instant.ts'
import type { Capability } from './capability.ts'

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
  /** True where it came with the creation of its user. */
  created?: true | undefined
  /** Of Main: what was said before and may come to count again, newest first. */
  older?: readonly Fact[] | undefined
}

/** What was said of a pair at its stamp. */
export type Fact = Pick<
  StoredGrant,
  'stamp' | 'revoked' | 'roles' | 'source' | 'grantedBy' | 'grantedAt' | 'expiresAt' | 'reason' | 'created'
>

/** Days that the marker of a removal is kept. */
export const tombstoneDays = 400

/** What a decision or an audit event calls a grant: its path below the customer. */
export function grantName(userId: string, { kind, id }: GrantedResource): string {
  return kind === 'project' ? `projects/${id}/members/${userId}` : `servers/${id}/assignments/${userId}`
}

export function isExpired(grant: { expiresAt?: Instant | undefined }, now: Instant): boolean {
  return grant.expiresAt !== undefined && grant.expiresAt <= now
}
