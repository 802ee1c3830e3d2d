import { type Context, isEvent } from '../directory/change/change-plan.ts'
import type { User } from '../domain/entities/user.ts'
import type { Write } from '../table/item.ts'
import { invitationItem } from './invitation-store.ts'

/**
 * Invites the user from now on, for 30 days in which a login may be linked, and returns the write of the message, which the
 * stream hands to the notifications worker. Events of the order system send none: it creates users by the thousand, and
 * informs them itself.
 */
export function invited(
  context: Context,
  user: User,
  { again = false } = {},
): { user: User; writes: Write[] } {
  const { now } = context
  if (isEvent(context)) return { user: { ...user, invitedAt: now, invitations: undefined }, writes: [] }
  const { count = 0, again: before = 0 } = user.invitations ?? {}
  const invitations = { count: count + 1, again: again ? before + 1 : 0 }
  const as: User = { ...user, invitedAt: now, invitations }
  if (!context.mail || user.login) return { user: as, writes: [] }
  const { customerId, id: userId } = user
  const item = invitationItem({
    customerId,
    userId,
    number: invitations.count,
    again,
    createdAt: now,
    due: now,
  })
  return { user: as, writes: [{ put: item, expectedVersion: 'absent' }] }
}
