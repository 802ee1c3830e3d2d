import { userChange } from '../directory/change/audit-view.ts'
import { type Context, type ChangePlan, changePlan } from '../directory/change/change-plan.ts'
import type { User } from '../domain/entities/user.ts'
import { DomainError } from '../domain/values/errors.ts'
import { userItem } from '../records/users.ts'
import type { Versioned } from '../table/item.ts'
import { mostAgain } from './mailbox.ts'
import { invited } from './plan-invitation.ts'

/**
 * Plans another invitation of a user without a login: the days to link one begin anew, and one more message is sent if the
 * address may still get one.
 * @throws {DomainError} `conflict` for a linked or disabled user, `quota` after three times
 */
export function inviteUser(context: Context, user: Versioned<User>): ChangePlan<User> {
  if (user.login) throw new DomainError('conflict', 'a login is linked to this user already')
  if (user.status !== 'active') throw new DomainError('conflict', 'the user is disabled; enable it first')
  if ((user.invitations?.again ?? 0) >= mostAgain) {
    const detail = `the user was invited again ${mostAgain} times; only another e-mail address can be invited`
    throw new DomainError('quota', detail)
  }
  const { user: invitedAgain, writes } = invited(context, user, { again: true })
  const after: User = { ...invitedAgain, updatedAt: context.now }
  const put = { put: userItem(after), expectedVersion: user.version }
  const changes = [userChange({ before: user, after })]
  return changePlan(context, {
    customerId: user.customerId,
    eventType: 'user.invited',
    writes: [put, ...writes],
    changes,
    after,
  })
}
