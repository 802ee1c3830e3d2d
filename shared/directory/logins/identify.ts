import type { User } from '../../domain/entities/user.ts'
import { DomainError, isStale } from '../../domain/values/errors.ts'
import { isId } from '../../domain/values/id.ts'
import { type Instant, stampOf } from '../../domain/values/instant.ts'
import { commit } from '../../records/commit.ts'
import { asCustomer } from '../../records/customers.ts'
import { asLogin } from '../../records/logins.ts'
import { asUser } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { findByEmail } from '../facts/read-facts.ts'
import { linkLogin, type LoginClaims, loginHash } from './link-login.ts'

/** The time and the request of a login. */
export type LoginContext = { table: Table; now: Instant; requestId?: string | undefined }

const attempts = 5

/**
 * Returns the id of the login's user at a customer; `undefined` if there is none. A linked login takes one request;
 * an invited one is linked on the way.
 */
export async function identify(
  loginContext: LoginContext,
  customerId: string,
  login: LoginClaims,
): Promise<string | undefined> {
  if (!isId(customerId)) return undefined
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const link = asLogin(await loginContext.table.get(keys.login(loginHash(login), customerId)))
    if (link) return link.userId
    const user = await findInvited(loginContext, customerId, login)
    const outcome = user && (await tryToLink(loginContext, user, login))
    if (outcome !== 'conflict') return outcome && user?.id
  }
  throw new DomainError('unavailable', 'The login could not be linked just now; try again.')
}

async function findInvited(
  { table }: LoginContext,
  customerId: string,
  { email, emailVerified }: LoginClaims,
) {
  const userId = await findByEmail(table, customerId, emailVerified ? email : undefined)
  if (userId === undefined) return undefined
  const [user, customer] = await table.getMany([keys.user(customerId, userId), keys.customer(customerId)])
  return asCustomer(customer)?.status === 'closed' ? undefined : asUser(user)
}

/**
 * Links the login unless it isn't invited, or was linked already. Returns `conflict` if the user or the login
 * changed concurrently.
 */
export async function tryToLink(
  { table, now, requestId }: LoginContext,
  user: Versioned<User>,
  login: LoginClaims,
): Promise<'linked' | 'conflict' | undefined> {
  if (!user.deleted && user.login?.hash === loginHash(login)) return 'linked'
  const actor = { kind: 'user', id: user.id } as const
  const change = linkLogin({ table, actor, stamp: stampOf(now, user.id), now, requestId }, user, login)
  if (!change) return undefined
  try {
    await commit(table, change)
    return 'linked'
  } catch (error) {
    if (isStale(error)) return 'conflict'
    throw error
  }
}
