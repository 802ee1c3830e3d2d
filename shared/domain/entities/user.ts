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
  /**
   * The stamp of each field's last write; the write with the greater stamp wins. The type's stamps are in its
   * history.
   */
  stamps: { name: Stamp; status: Stamp; email: Stamp }
  /** The stamp at which the user was last enabled again; absent if never. */
  enabledAgain?: Stamp | undefined
  /** Set when deleted: the item is a tombstone, so that older events stay without effect. */
  deleted?: Stamp | undefined
  /** The newest deletion of the address from before the user: it ends older grants, not the user. */
  lastDeleted?: Stamp | undefined
  /**
   * The linked login: its hash (of issuer and subject) and when it was linked. `email`: the user's address once the
   * login has proved it. Messages go to proved addresses only, as an admin could set a stranger's.
   */
  login?: { hash: string; linkedAt: Instant; email?: string | undefined } | undefined
  /**
   * Hashes of the logins that were unlinked since the address was set, at most `mostUnlinked`: none of them links
   * itself again.
   */
  unlinked?: readonly string[] | undefined
  /**
   * Start of the time in which the address may link a login: creation, last change of address, or last invitation.
   */
  invitedAt: Instant
  /** How often people have invited the user, and how often again since the address was set. */
  invitations?: { count: number; again: number } | undefined
  /** When the user last used a token of their own, once a day. No Change, and no part of an ETag. */
  lastSeenAt?: Instant | undefined
  /** A copy of the stored grant of Main, so that lists needn't read it. */
  mainGrant?: StoredMainGrant | undefined
  /** Stamps of events after a user's deletion whose deliveries have yet to go back to waiting. */
  returning?: readonly Stamp[] | undefined
  /** Set while grants that a deletion or a change of type has ended remain to be removed. */
  cleanupSince?: Instant | undefined
}

type StoredMainGrant = Omit<StoredGrant, 'customerId' | 'userId' | 'resource' | 'capabilities' | 'reason'>

/** The part of a stored grant of Main that the user's item keeps. */
export function mainGrantCopy(grant: StoredGrant): StoredMainGrant {
  const { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older } = grant
  return { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older }
}

/** The stored grant of Main from the user's copy, without its reason. */
export function storedMainGrant({ id: userId, customerId, mainGrant }: User): StoredGrant | undefined {
  const resource = { kind: 'project', id: mainProjectId } as const
  return mainGrant && { ...mainGrant, customerId, userId, resource, capabilities: [] }
}

export function typeOf(user: User): UserType {
  return currentType(user.types)
}

/** True if somebody has signed in as the user with the present address. */
export const hasAccepted = ({ login, email }: User): boolean => login !== undefined && login.email === email

export function isMainCustomer(user: User): boolean {
  return typeOf(user) === 'main-customer'
}

/** Admins a customer may have at most. */
export const adminQuota = 50

/**
 * Unlinked logins that are remembered. Once there are as many, no login links itself until the address is set again:
 * a forgotten one could be any that was unlinked.
 */
const mostUnlinked = 8

/**
 * True if the address alone may link this login: neither it nor too many others were unlinked since the address was
 * set.
 */
export function isLinkable({ unlinked = [] }: Pick<User, 'unlinked'>, loginHash: string): boolean {
  return unlinked.length < mostUnlinked && !unlinked.includes(loginHash)
}

/** Removes the login and remembers it as unlinked. */
export function withoutLogin({ login, ...user }: User): User {
  const { unlinked = [] } = user
  if (!login || unlinked.length >= mostUnlinked || unlinked.includes(login.hash)) return user
  return { ...user, unlinked: [...unlinked, login.hash] }
}

/** Days after the invitation in which a login links itself by its verified address. */
export const invitationDays = 30
