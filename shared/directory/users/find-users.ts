import type { UserType } from '../../domain/entities/user-type.ts'
import { typeOf, type User, type UserStatus } from '../../domain/entities/user.ts'
import { searchFor } from '../../domain/text/search-text.ts'
import { asUser } from '../../records/users.ts'
import type { Item } from '../../table/item.ts'
import { keys, prefixes } from '../../table/keys.ts'
import { trimPage, fillPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'
import { findByEmail } from '../facts/decision-facts.ts'

type UserQuery = {
  type?: UserType | undefined
  status?: UserStatus | undefined
  email?: string | undefined
  /** A part of the name or the e-mail address. */
  name?: string | undefined
}

/** Users that a filtered page reads. */
const filteredPage = 300

/** Lists a customer's users by e-mail address. With a filter, 300 are read. Five requests at most. */
export async function findUsers(
  table: Table,
  customerId: string,
  query: UserQuery,
  page: PageRequest,
): Promise<Page<User>> {
  const isNamed = searchFor(query.name)
  const fits = (user: User) =>
    (query.status ?? user.status) === user.status &&
    (query.type ?? typeOf(user)) === typeOf(user) &&
    isNamed(user.name, user.email)
  if (query.email !== undefined) {
    const id = await findByEmail(table, customerId, query.email)
    return { items: (await readUsers(table, customerId, id === undefined ? [] : [id])).filter(fits) }
  }
  const isFiltered = [query.type, query.status, query.name].some((filter) => filter !== undefined)
  const part = { ...page, ...(isFiltered && { limit: filteredPage }) }
  const { items, next } = await listAddressed(table, customerId, part)
  const users = await readUsers(table, customerId, items)
  return trimPage({ items: users.filter(fits), next }, page.limit, ({ email }) =>
    keys.email(customerId, email),
  )
}

async function readUsers(table: Table, customerId: string, ids: readonly string[]): Promise<User[]> {
  const users = (await table.getMany(ids.map((id) => keys.user(customerId, id)))).map(asUser)
  return users.filter((user) => user !== undefined).filter((user) => !user.deleted)
}

/** Ids of the holders of addresses, by address. */
async function listAddressed(table: Table, customerId: string, page: PageRequest): Promise<Page<string>> {
  const claims = {
    partition: keys.customer(customerId).pk,
    prefix: prefixes.emails,
    only: { attribute: 'holder' },
  }
  // Half as many again, as released addresses are among them.
  const read = (part: PageRequest): Promise<Page<Item>> =>
    table.queryPage({ ...claims, ...part, limit: Math.ceil(part.limit * 1.5) })
  const { items, next } = await fillPage(page, 2, read, ({ pk, sk }) => ({ pk, sk }))
  return { items: items.map(({ holder }) => String(holder)), next }
}
