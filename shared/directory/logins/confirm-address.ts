import { hasAccepted, type User } from '../../domain/entities/user.ts'
import { isStale } from '../../domain/values/errors.ts'
import { asUser, userItem } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { type LoginClaims, loginHash } from './find-login.ts'

/**
 * Records that a linked login has proved an address that its user was given later: from then on messages go there. It
 * is outside the directory, so it makes no audit event and keeps the version. If the user changes concurrently, the
 * next request records it.
 */
export async function confirmAddress(table: Table, seen: User, claims: LoginClaims): Promise<void> {
  if (!isToConfirm(seen, claims)) return
  const user = asUser(await table.get(keys.user(seen.customerId, seen.id)))
  if (!user?.login || user.deleted || !isToConfirm(user, claims)) return
  const { login, email, version: expectedVersion } = user
  try {
    await table.transact([
      { put: userItem({ ...user, login: { ...login, email } }), expectedVersion, isNoChange: true },
    ])
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const isToConfirm = (user: User, claims: LoginClaims): boolean =>
  user.login !== undefined &&
  !hasAccepted(user) &&
  claims.emailVerified &&
  claims.email === user.email &&
  user.login.hash === loginHash(claims)
