import { isMainCustomer, type User, withoutLogin } from '../../domain/entities/user.ts'
import type { ResourceChange } from '../../domain/values/audit-event.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { asLogin } from '../../records/logins.ts'
import { userItem } from '../../records/users.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { userChange } from '../change/audit-view.ts'
import { type Context, type ChangePlan, changePlan } from '../change/change-plan.ts'

/**
 * Unlinks the user's login at this customer. Another one may accept an invitation that still runs, but none that was
 * unlinked since the address was set.
 */
export async function unlinkLogin(context: Context, user: Versioned<User>): Promise<ChangePlan<undefined>> {
  if (isMainCustomer(user) && context.actor.kind !== 'operator') {
    throw new DomainError('locked', "only an operator unlinks the main-customer's login")
  }
  if (!user.login) throw new DomainError('not-found', 'no login is linked to this user')
  const { writes, changes } = await planUnlink(context, user)
  const unlinked: User = { ...withoutLogin(user), updatedAt: context.now }
  return changePlan(context, {
    customerId: user.customerId,
    eventType: 'login.unlinked',
    writes: [{ put: userItem(unlinked), expectedVersion: user.version }, ...writes],
    changes: [userChange({ before: user, after: unlinked }), ...changes],
    after: undefined,
  })
}

/** Plans the removal of the login that is linked, if any. */
export async function planUnlink(
  { table }: Context,
  { customerId, login: linked }: User,
): Promise<{ writes: Write[]; changes: ResourceChange[] }> {
  const key = linked && keys.login(linked.hash, customerId)
  const login = key && asLogin(await table.get(key))
  if (!key || !login) return { writes: [], changes: [] }
  const { hash: id, userId, version } = login
  return {
    writes: [{ remove: key, expectedVersion: version }],
    changes: [{ resource: { type: 'login', id }, version: version + 1, before: { userId } }],
  }
}
