import { hasAccepted, type User } from '../../domain/entities/user.ts'
import { isStale } from '../../domain/values/errors.ts'
import { asUser, userItem } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { type LoginClaims, loginHash } from './link-login.ts'

/**
 * Remembers that a linked login has shown the address to be its own which its user was given since: from then on messages go
 * there. No part of the directory, so without an audit event and under the same version; when somebody else changes the user just
 * now, it is seen next time.
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
