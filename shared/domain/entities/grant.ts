import type { Instant, Stamp } from '../values/instant.ts'
import type { Capability } from './capability.ts'
import { mainProjectId } from './project.ts'

export type GrantSource = 'explicit' | 'webhook' | 'review' | 'scim'
export type GrantedResource = { kind: 'project' | 'server'; id: string }
export const mainResource = { kind: 'project', id: mainProjectId } as const satisfies GrantedResource

/**
 * The newest grant or revocation of a user and a resource. A revocation stays as a tombstone, so that an older grant
 * that arrives late has no effect.
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
  /** True if it came with the creation of its user. */
  created?: true | undefined
  /** Older facts of a grant of Main that may take effect again, newest first. */
  older?: readonly Fact[] | undefined
}

/** A grant or revocation as it was made at its stamp. */
export type Fact = Pick<
  StoredGrant,
  'stamp' | 'revoked' | 'roles' | 'source' | 'grantedBy' | 'grantedAt' | 'expiresAt' | 'reason' | 'created'
>

/** Days that the tombstone of a removal is kept. */
export const tombstoneDays = 400

/** The name of a grant in decisions and audit events: its path below the customer. */
export function grantName(userId: string, { kind, id }: GrantedResource): string {
  return kind === 'project' ? `projects/${id}/members/${userId}` : `servers/${id}/assignments/${userId}`
}

export function isExpired(grant: { expiresAt?: Instant | undefined }, now: Instant): boolean {
  return grant.expiresAt !== undefined && grant.expiresAt <= now
}
