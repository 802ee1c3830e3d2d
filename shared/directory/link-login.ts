import { addMilliseconds } from '../domain/instant.ts'
import type { User } from '../domain/user.ts'
import { invitationDays, isLinkable } from '../domain/user.ts'
import type { Change } from '../table/commit.ts'
import type { Versioned } from '../table/item.ts'
import { loginItem } from '../table/logins.ts'
import { userItem } from '../table/users.ts'
import { userChange } from './audit-view.ts'
import type { Context } from './context.ts'
import { planned } from './context.ts'
import type { LoginClaims } from './login-hash.ts'
import { loginHash } from './login-hash.ts'

/**
 * Links a login to the user that was invited by its verified e-mail address; nothing where that isn't so, or isn't any
 * more. A linked user is never linked again: its own item is among the conditions, and so is the login's.
 */
export function linkLogin(context: Context, user: Versioned<User>, login: LoginClaims): Change | undefined {
  if (!isInvited(user, login, context.now)) return undefined
  const { id: userId, customerId } = user
  const hash = loginHash(login)
  const linkedAt = context.now
  const linked: User = { ...user, login: { hash, linkedAt, email: user.email }, updatedAt: context.now }
  const { change } = planned(
    context,
    customerId,
    'login.linked',
    [
      { put: loginItem({ hash, customerId, userId, linkedAt }), was: undefined },
      { put: userItem(linked), was: user.version },
    ],
    [
      { resource: { type: 'login', id: hash }, version: 1, after: { userId } },
      userChange({ before: user, after: linked }),
    ],
    linked,
  )
  return change
}

function isInvited(user: User, login: LoginClaims, now: string): boolean {
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
