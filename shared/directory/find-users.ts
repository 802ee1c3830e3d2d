import type { User, UserStatus } from '../domain/user.ts'
import { typeOf } from '../domain/user.ts'
import type { UserType } from '../domain/user-type.ts'
import type { Part } from '../table/cut-page.ts'
import { fillPage } from '../table/cut-page.ts'
import type { Item } from '../table/item.ts'
import { keys, prefixes } from '../table/keys.ts'
import type { Page } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import { asUser } from '../table/users.ts'
import { findByEmail } from './read-facts.ts'

export type UserQuery = {
  type?: UserType | undefined
  status?: UserStatus | undefined
  email?: string | undefined
}

/** A customer's users by e-mail address; a filter makes pages short. Five requests at most. */
export async function findUsers(
  table: Table,
  customerId: string,
  { email, type, status }: UserQuery,
  part: Part,
): Promise<Page<User>> {
  const page: Page<string> =
    email === undefined
      ? await listHolders(table, customerId, part)
      : { items: [await findByEmail(table, customerId, email)].filter((id) => id !== undefined) }
  const users = (await table.getMany(page.items.map((id) => keys.user(customerId, id)))).map(asUser)
  const items = users
    .filter((user) => user !== undefined)
    .filter((user) => !user.deleted)
    .filter((user) => type === undefined || typeOf(user) === type)
    .filter((user) => status === undefined || user.status === status)
  return { items, next: page.next }
}

/** Ids of those who have an address now, by address. */
async function listHolders(table: Table, customerId: string, page: Part): Promise<Page<string>> {
  const claims = {
    partition: keys.customer(customerId).pk,
    prefix: prefixes.emails,
    only: { attribute: 'holder' },
  }
  const read = (part: Part): Promise<Page<Item>> => table.queryPage({ ...claims, ...part })
  const { items, next } = await fillPage(page, 3, read, ({ pk, sk }) => ({ pk, sk }))
  return { items: items.map(({ holder }) => String(holder)), next }
}
