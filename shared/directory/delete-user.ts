import { DomainError } from '../domain/errors.ts'
import { instantOfStamp } from '../domain/instant.ts'
import type { User } from '../domain/user.ts'
import { isMainCustomer } from '../domain/user.ts'
import { wakeCleanup } from '../table/due.ts'
import { markerTtl } from '../table/grants.ts'
import type { Versioned, Write } from '../table/item.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, isEvent, planned, superseded } from './context.ts'
import { releaseEmail } from './email-claims.ts'
import { planUnlink } from './unlink-login.ts'

/**
 * From this transaction on nothing the user held counts, and the address is free; the clean-up removes the grants. A
 * marker stays for late events.
 */
export async function deleteUser(context: Context, user: Versioned<User>): Promise<Plan<undefined>> {
  if (user.deleted) return superseded
  if (isMainCustomer(user)) throw new DomainError('locked', 'the main-customer cannot be deleted')
  if (instantOfStamp(context.stamp) < user.createdAt && isEvent(context)) return endOlder(context, user)
  const at = countingAfter(context, user.stamps.email, user.types.at(-1)?.at)
  const { now } = at
  const deleted: User = { ...user, deleted: at.stamp, login: undefined, updatedAt: now, cleanupSince: now }
  const [claims, admins, unlinked] = await Promise.all([
    releaseEmail(at, user),
    planAdmins(at, user.customerId, [{ before: user, after: deleted }]),
    planUnlink(at, user),
  ])
  const writes: Write[] = [
    { put: { ...userItem(deleted), ttl: markerTtl(context.table.now()) }, was: user.version },
    wakeCleanup(user.customerId, 'user', user.id, at.stamp),
    ...claims,
    ...admins,
    ...unlinked.writes,
  ]
  const changes = [userChange({ before: user, after: deleted }), ...unlinked.changes]
  return planned(at, user.customerId, 'user.deleted', writes, changes, undefined)
}

/** Of whoever had the address before: takes what is older than itself, and leaves the user. */
function endOlder(context: Context, user: Versioned<User>): Plan<undefined> {
  const { stamp, now } = context
  if ((user.lastDeleted ?? '') >= stamp) return superseded
  const updated: User = { ...user, lastDeleted: stamp, updatedAt: now }
  const writes = [{ put: userItem(updated), was: user.version }]
  const changes = [userChange({ before: user, after: updated })]
  return planned(context, user.customerId, 'user.updated', writes, changes, undefined)
}
