import type { Customer } from '../domain/entities/customer.ts'
import type { Instant, Stamp } from '../domain/values/instant.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import { indexes } from '../table/schema.ts'
import type { Table } from '../table/table.ts'

/**
 * The admins and since when each is one without a break: derived memberships, the quota and new projects depend on
 * it.
 */
export type Admins = {
  since: Record<string, Instant>
  /** Timestamp of the last change of the list; a project created by a person comes after it. */
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

/** Position in the index of customers after this one. */
export function positionOf({ id }: { id: string }): Position {
  return { ...keys.customer(id), directory, directoryOrder: id }
}

/** A customer as the index lists it. */
export type ProposedCustomer = { id: string; status: string; organisation: string }

/**
 * Lists customers by identifier, with `prefix` only those that begin with it. The index may lag: read each customer
 * strongly.
 */
export async function proposeCustomers(
  table: Table,
  { prefix, ...part }: { limit: number; after?: Position | undefined; prefix?: string | undefined },
): Promise<Page<ProposedCustomer>> {
  const { items, next } = await table.queryPage({
    index: indexes.customers,
    partition: directory,
    ...part,
    ...(prefix !== undefined && { prefix }),
  })
  const proposed = items.map(({ directoryOrder, status, organisation }) => ({
    id: String(directoryOrder),
    status: String(status),
    organisation: String(organisation),
  }))
  return { items: proposed, next }
}

export async function readCustomers(table: Table, ids: readonly string[]): Promise<Versioned<Customer>[]> {
  const customers = await table.getMany(ids.map(keys.customer))
  return customers.map(asCustomer).filter((customer) => customer !== undefined)
}

/** Lists customers by identifier, from the index; each is read strongly. */
export async function listCustomers(
  table: Table,
  part: { limit: number; after?: Position | undefined },
): Promise<Page<Versioned<Customer>>> {
  const { items, next } = await proposeCustomers(table, part)
  return {
    items: await readCustomers(
      table,
      items.map(({ id }) => id),
    ),
    next,
  }
}
