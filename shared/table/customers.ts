import type { Customer } from '../domain/customer.ts'
import type { Instant, Stamp } from '../domain/instant.ts'
import type { Item, Versioned } from './item.ts'
import { keys } from './keys.ts'
import type { Page, Position } from './query.ts'
import { indexes } from './schema.ts'
import type { Table } from './table.ts'

/** Who is admin, and since when without a break: what derived memberships, the quota and new projects depend on. */
export type Admins = {
  since: Record<string, Instant>
  /** When the last change of it counted; a project made by people comes after it. */
  changed: Stamp
}

const directory = 'customers'

export function customerItem(customer: Customer) {
  return { ...customer, ...keys.customer(customer.id), directory, directoryOrder: customer.id }
}

export function adminsItem(customerId: string, admins: Admins) {
  return { since: admins.since, changed: admins.changed, ...keys.admins(customerId) }
}

export const asCustomer = (item: Item | undefined) => item as Versioned<Customer> | undefined
export const asAdmins = (item: Item | undefined) => item as Versioned<Admins> | undefined

export async function findCustomer(table: Table, customerId: string) {
  return asCustomer(await table.get(keys.customer(customerId)))
}

export async function findAdmins(table: Table, customerId: string) {
  return asAdmins(await table.get(keys.admins(customerId)))
}

/** Where a list of customers goes on after this one. */
export function positionOf(customer: Customer): Position {
  const { pk, sk, directory: partition, directoryOrder } = customerItem(customer)
  return { pk, sk, directory: partition, directoryOrder }
}

/** By identifier; the index proposes, each customer is read strongly. */
export async function listCustomers(
  table: Table,
  { limit, after, status }: { limit: number; after?: Position | undefined; status?: string | undefined },
): Promise<Page<Versioned<Customer>>> {
  const page = await table.queryPage({
    index: indexes.customers,
    partition: directory,
    limit,
    after,
    ...(status !== undefined && { only: { attribute: 'status', equals: status } }),
  })
  const customers = await table.getMany(page.items.map(({ pk, sk }) => ({ pk, sk })))
  const present = customers.map(asCustomer).filter((customer) => customer !== undefined)
  return {
    items: status === undefined ? present : present.filter((customer) => customer.status === status),
    next: page.next,
  }
}
