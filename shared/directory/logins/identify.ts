import type { User } from '../../domain/entities/user.ts'
import { DomainError, isStale } from '../../domain/values/errors.ts'
import { isId } from '../../domain/values/id.ts'
import { type Instant, stampOf } from '../../domain/values/instant.ts'
import { commit } from '../../records/commit.ts'
import type { Versioned } from '../../table/item.ts'
import type { Table } from '../../table/table.ts'
import { findInvitedUser, findLinked, type LoginClaims, loginHash } from './find-login.ts'
import { linkLogin } from './link-login.ts'

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
    const linked = await findLinked(loginContext.table, customerId, login)
    if (linked !== undefined) return linked
    const user = await findInvitedUser(loginContext.table, customerId, login)
    const outcome = user && (await tryToLink(loginContext, user, login))
    if (outcome !== 'conflict') return outcome && user?.id
  }
  throw new DomainError('unavailable', 'The login could not be linked just now; try again.')
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
