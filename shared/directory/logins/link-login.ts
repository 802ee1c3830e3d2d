import type { User } from '../../domain/entities/user.ts'
import type { Change } from '../../records/commit.ts'
import { loginItem } from '../../records/logins.ts'
import { userItem } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { userChange } from '../change/audit-view.ts'
import { type Context, changePlan } from '../change/change-plan.ts'
import { isInvited, type LoginClaims, loginHash } from './find-login.ts'

/**
 * Links a login to the user that was invited by its verified e-mail address; `undefined` if it isn't, or no longer. A
 * linked user is never linked again: its own item is among the conditions, and so is the login's.
 */
export function linkLogin(context: Context, user: Versioned<User>, login: LoginClaims): Change | undefined {
  if (!isInvited(user, login, context.now)) return undefined
  const { id: userId, customerId } = user
  const hash = loginHash(login)
  const linkedAt = context.now
  const linked: User = { ...user, login: { hash, linkedAt, email: user.email }, updatedAt: context.now }
  const { change } = changePlan(context, {
    customerId,
    eventType: 'login.linked',
    writes: [
      { put: loginItem({ hash, customerId, userId, linkedAt }), expectedVersion: 'absent' },
      { put: userItem(linked), expectedVersion: user.version },
    ],
    changes: [
      { resource: { type: 'login', id: hash }, version: 1, after: { userId } },
      userChange({ before: user, after: linked }),
    ],
    after: linked,
  })
  return change
}
