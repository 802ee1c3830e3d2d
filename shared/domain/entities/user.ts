import type { Instant, Stamp } from '../values/instant.ts'
import type { StoredGrant } from './grant.ts'
import { mainProjectId } from './project.ts'
import { currentType, type TypeHistory, type UserType } from './user-type.ts'

export type UserStatus = 'active' | 'disabled'

export type User = {
  id: string
  customerId: string
  email: string
  name: string
  status: UserStatus
  types: TypeHistory
  createdAt: Instant
  updatedAt: Instant
  /** When each register was set; a newer event wins. The type's are in its history. */
  stamps: { name: Stamp; status: Stamp; email: Stamp }
  /** When a spell of being disabled last ended; absent: there was none. */
  enabledAgain?: Stamp | undefined
  /** Set when deleted: what is left is a marker, so that older events stay without effect. */
  deleted?: Stamp | undefined
  /** The newest deletion that is older than the user: takes what is older still, not the user. */
  lastDeleted?: Stamp | undefined
  /**
   * The linked login's hash (issuer and subject) and when it was linked; `email`: the user's address that the login has shown to
   * be its own. Messages go to no other, since who changes a user's address may write a stranger's there.
   */
  login?: { hash: string; linkedAt: Instant; email?: string | undefined } | undefined
  /** Hashes of the logins that were unlinked since the address was set, at most `mostUnlinked`: none links itself again. */
  unlinked?: readonly string[] | undefined
  /** From when unlinked e-mail may be used to link a login: creation, last e-mail change, or having been invited again. */
  invitedAt: Instant
  /** How often the user was invited by people, and how often again since the address was set. */
  invitations?: { count: number; again: number } | undefined
  /** When the user last used a token of their own, as of the first time on that day. No Change, and no part of an ETag. */
  lastSeenAt?: Instant | undefined
  /** What is stored of the membership of Main, so that lists needn't read its register. */
  inMain?: StoredMainGrant | undefined
  /** Of somebody who is deleted: the stamps of what was said since, whose deliveries have yet to go back to waiting. */
  returning?: readonly Stamp[] | undefined
  /** Set while grants are left that a deletion or a type has voided. */
  cleanupSince?: Instant | undefined
}

type StoredMainGrant = Omit<StoredGrant, 'customerId' | 'userId' | 'resource' | 'capabilities' | 'reason'>

/** What a user keeps of the register. */
export function mainGrantCopy(register: StoredGrant): StoredMainGrant {
  const { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older } = register
  return { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older }
}

/** The register again, but for its reason. */
export function storedMainGrant({ id: userId, customerId, inMain }: User): StoredGrant | undefined {
  const resource = { kind: 'project', id: mainProjectId } as const
  return inMain && { ...inMain, customerId, userId, resource, capabilities: [] }
}

export function typeOf(user: User): UserType {
  return currentType(user.types)
}

/** Whether somebody has signed in as the user with the address that it has now. */
export const hasAccepted = ({ login, email }: User): boolean => login !== undefined && login.email === email

export function isMainCustomer(user: User): boolean {
  return typeOf(user) === 'main-customer'
}

/** Admins a customer may have at most. */
export const adminQuota = 50

/**
 * Unlinked logins that a user remembers. Once there are as many, no login links itself until the address is set again:
 * one that is not remembered could be any of those that were unlinked.
 */
export const mostUnlinked = 8

/** True if the address alone may still link this login: it, or too many others, were not unlinked since the address was set. */
export function isLinkable({ unlinked = [] }: Pick<User, 'unlinked'>, loginHash: string): boolean {
  return unlinked.length < mostUnlinked && !unlinked.includes(loginHash)
}

/** The user without the login, which is remembered as unlinked. */
export function withoutLogin({ login, ...user }: User): User {
  const { unlinked = [] } = user
  if (!login || unlinked.length >= mostUnlinked || unlinked.includes(login.hash)) return user
  return { ...user, unlinked: [...unlinked, login.hash] }
}

/** A login links itself by its verified e-mail within this time of the invitation; then: invite again. */
export const invitationDays = 30
