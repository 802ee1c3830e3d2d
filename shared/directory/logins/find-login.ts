import { holderNow } from '../../domain/entities/claim.ts'
import { invitationDays, isLinkable, type User } from '../../domain/entities/user.ts'
import { isId } from '../../domain/values/id.ts'
import { addMilliseconds, type Instant } from '../../domain/values/instant.ts'
import { asClaim } from '../../records/claims.ts'
import { asCustomer } from '../../records/customers.ts'
import { asLogin } from '../../records/logins.ts'
import { asUser } from '../../records/users.ts'
import { sha256 } from '../../runtime/sha256.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Reads } from '../../table/table.ts'

/** The identity in a person's token. */
export type LoginClaims = { issuer: string; subject: string; email?: string; emailVerified: boolean }

/** The key of a login: SHA-256 over issuer and subject, each after its length, so that no two pairs run together. */
export function loginHash({ issuer, subject }: Pick<LoginClaims, 'issuer' | 'subject'>): string {
  const text = [issuer, subject].map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
  return sha256(text)
}

/**
 * Returns the id of the login's user at a customer, linked or invited; `undefined` if there is none. It only reads: an
 * invited login is linked by its next request to a route that may write.
 */
export async function findUserOfLogin(
  reads: Reads,
  customerId: string,
  login: LoginClaims,
  now: Instant,
): Promise<string | undefined> {
  if (!isId(customerId)) return undefined
  const linked = await findLinked(reads, customerId, login)
  if (linked !== undefined) return linked
  const user = await findInvitedUser(reads, customerId, login)
  return user && isInvited(user, login, now) ? user.id : undefined
}

export async function findLinked(
  reads: Reads,
  customerId: string,
  login: LoginClaims,
): Promise<string | undefined> {
  const [item] = await reads.getMany([keys.login(loginHash(login), customerId)])
  return asLogin(item)?.userId
}

/** The user who has the login's verified address, at a customer that isn't closed. */
export async function findInvitedUser(
  reads: Reads,
  customerId: string,
  { email, emailVerified }: LoginClaims,
): Promise<Versioned<User> | undefined> {
  if (email === undefined || !emailVerified) return undefined
  const [claim] = await reads.getMany([keys.email(customerId, email)])
  const userId = holderNow(asClaim(claim))?.id
  if (userId === undefined) return undefined
  const [user, customer] = await reads.getMany([keys.user(customerId, userId), keys.customer(customerId)])
  return asCustomer(customer)?.status === 'closed' ? undefined : asUser(user)
}

/** True if the login may become the user's. */
export function isInvited(user: User, login: LoginClaims, now: Instant): boolean {
  const { email, emailVerified } = login
  return (
    emailVerified &&
    isLinkable(user, loginHash(login)) &&
    user.email === email &&
    !user.deleted &&
    !user.login &&
    now <= addMilliseconds(user.invitedAt, invitationDays * 86_400_000)
  )
}
