import type { Instant } from '../domain/values/instant.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { indexes } from '../table/schema.ts'
import type { Table } from '../table/table.ts'

/** A login (issuer and subject, hashed) that is linked to a user of a customer; at most one per customer. */
export type Login = { hash: string; customerId: string; userId: string; linkedAt: Instant }

export function loginItem(login: Login) {
  return { ...login, ...keys.login(login.hash, login.customerId) }
}

export const asLogin = (item: Item | undefined) => item as Versioned<Login> | undefined

/** All users of a login, one per customer. */
export async function listLogins(table: Table, hash: string): Promise<Versioned<Login>[]> {
  const { items } = await table.queryPage({ partition: keys.login(hash, '').pk })
  return items.map(asLogin).filter((login) => login !== undefined)
}

/** The customers at which the address is claimed, and the users who claim it, as far as the index knows yet. */
export async function listCustomersClaiming(
  table: Table,
  email: string,
): Promise<{ customerId: string; userId: string }[]> {
  const { items } = await table.queryPage({ index: indexes.emails, partition: email })
  return items.map(({ claimedAt, holder }) => ({ customerId: String(claimedAt), userId: String(holder) }))
}
