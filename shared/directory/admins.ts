import type { User } from '../domain/user.ts'
import { adminQuota } from '../domain/user.ts'
import { adminSince } from '../domain/user-type.ts'
import { adminsItem, findAdmins } from '../table/customers.ts'
import type { Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { Awaiting } from './awaiting.ts'
import type { Context } from './context.ts'

const sinceOf = (user: User | undefined) => (user && !user.deleted ? adminSince(user.types) : undefined)

/** Keeps the list of admins equal to what the users say, and within the quota; nothing where it doesn't change. */
export async function planAdmins(
  { table }: Context,
  customerId: string,
  before: User | undefined,
  after: User,
): Promise<Write[]> {
  const since = sinceOf(after)
  if (sinceOf(before) === since) return []
  const admins = await findAdmins(table, customerId)
  const { [after.id]: _, ...others } = admins?.since ?? {}
  if (since !== undefined && Object.keys(others).length >= adminQuota) {
    const awaited = { key: keys.admins(customerId), was: admins?.version }
    throw new Awaiting('quota', `a customer has at most ${adminQuota} admins`, awaited)
  }
  const changed = since === undefined ? others : { ...others, [after.id]: since }
  return [{ put: adminsItem(customerId, { since: changed }), was: admins?.version }]
}
