import type { Customer } from '../../shared/domain/customer.ts'
import { isMainMember } from '../../shared/domain/main-project.ts'
import type { User } from '../../shared/domain/user.ts'
import { typeOf } from '../../shared/domain/user.ts'
import { findAdmins } from '../../shared/table/customers.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import { asUser } from '../../shared/table/users.ts'
import type { ReviewDeps } from './deps.ts'
import { nowOf } from './deps.ts'

/** The admins who can use the Interface now: active, and in Main. */
export async function listActiveAdmins(
  deps: Pick<ReviewDeps, 'table'>,
  customer: Customer,
): Promise<Versioned<User>[]> {
  const { table } = deps
  const admins = await findAdmins(table, customer.id)
  const ids = Object.keys(admins?.since ?? {})
  const users = await table.getMany(ids.map((id) => keys.user(customer.id, id)))
  return users
    .map(asUser)
    .filter((user) => user !== undefined)
    .filter((user) => !user.deleted && user.status === 'active' && typeOf(user) === 'customer-admin')
    .filter((user) => isMainMember(customer, user, nowOf(deps)))
}
