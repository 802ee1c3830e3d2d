import type { StoredGrant } from './grant.ts'
import type { Instant, Stamp } from './instant.ts'
import { mainProjectId } from './project-name.ts'
import type { TypeHistory, UserType } from './user-type.ts'
import { currentType } from './user-type.ts'

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
  /** The linked login's hash (issuer and subject) and when it was linked. */
  login?: { hash: string; linkedAt: Instant } | undefined
  /** Hash of the login that was unlinked since the last invitation: it doesn't come back by itself. */
  unlinked?: string | undefined
  /** From when unlinked e-mail may be used to link a login: creation or last e-mail change. */
  invitedAt: Instant
  /** What is stored of the membership of Main, so that lists needn't read its register. */
  inMain?: MainRegister | undefined
  /** Of somebody who is deleted: the stamps of what was said since, whose deliveries have yet to go back to waiting. */
  returning?: readonly Stamp[] | undefined
  /** Set while grants are left that a deletion or a type has voided. */
  cleanupSince?: Instant | undefined
}

type MainRegister = Omit<StoredGrant, 'customerId' | 'userId' | 'resource' | 'capabilities' | 'reason'>

/** What a user keeps of the register. */
export function keptOfMain(register: StoredGrant): MainRegister {
  const { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older } = register
  return { stamp, revoked, roles, source, grantedBy, grantedAt, expiresAt, created, older }
}

/** The register again, but for its reason. */
export function registerInMain({ id: userId, customerId, inMain }: User): StoredGrant | undefined {
  const resource = { kind: 'project', id: mainProjectId } as const
  return inMain && { ...inMain, customerId, userId, resource, capabilities: [] }
}

export function typeOf(user: User): UserType {
  return currentType(user.types)
}

export function isMainCustomer(user: User): boolean {
  return typeOf(user) === 'main-customer'
}

/** Admins a customer may have at most. */
export const adminQuota = 50

/** A login links itself by its verified e-mail within this time of the invitation; then: invite again. */
export const invitationDays = 30
