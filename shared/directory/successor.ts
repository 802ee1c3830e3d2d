import type { Customer } from '../domain/customer.ts'
import { DomainError } from '../domain/errors.ts'
import { isId } from '../domain/id.ts'
import type { User } from '../domain/user.ts'
import { typeOf } from '../domain/user.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { asUser } from '../table/users.ts'

/** Who a customer's ownership may pass to: an active admin with a linked login. */
export async function readSuccessor(table: Table, { id }: Customer, to: string): Promise<Versioned<User>> {
  const user = isId(to) ? asUser(await table.get(keys.user(id, to))) : undefined
  if (!user || user.deleted) {
    const error = { pointer: '/to', detail: 'is no user of this customer' }
    throw new DomainError('invalid-request', `${error.pointer} ${error.detail}`, [error])
  }
  if (typeOf(user) !== 'customer-admin' || user.status !== 'active' || !user.login) {
    throw new DomainError('conflict', 'ownership passes to an active customer-admin with a linked login only')
  }
  return user
}

export async function readOwner(table: Table, { id, mainCustomerId }: Customer): Promise<Versioned<User>> {
  const owner = asUser(await table.get(keys.user(id, mainCustomerId)))
  if (!owner) throw new Error('a customer has its main-customer')
  return owner
}
