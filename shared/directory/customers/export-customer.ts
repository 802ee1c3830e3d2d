import type { Customer } from '../../domain/entities/customer.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { findUserWithGrants } from '../../records/users.ts'
import { mapConcurrent } from '../../runtime/concurrency.ts'
import type { Item } from '../../table/item.ts'
import { keys, prefixes } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { exportLines, type WholeCustomer } from './export-lines.ts'

const collectionsAtOnce = 32

/** The lines of a customer's export. */
export async function exportCustomer(table: Table, customer: Customer): Promise<string[]> {
  return exportLines(await readWholeCustomer(table, customer))
}

/** Reads all of a customer strongly, with a Query for each user; concurrent changes may be included or not. */
export async function readWholeCustomer(table: Table, customer: Customer): Promise<WholeCustomer> {
  const [userIds, projects, servers] = await Promise.all([
    collect(table, customer.id, prefixes.emails, 'holder', ({ holder }) => String(holder)),
    collect(table, customer.id, prefixes.projects, 'live', asProject),
    collect(table, customer.id, prefixes.servers, 'live', asServer),
  ])
  const holders = await mapConcurrent([...new Set(userIds)], collectionsAtOnce, async (userId) => {
    const { user, grants } = await findUserWithGrants(table, customer.id, userId)
    return user && !user.deleted ? { user, grants } : undefined
  })
  return { customer, holders: holders.filter((holder) => holder !== undefined), projects, servers }
}

async function collect<T>(
  table: Table,
  customerId: string,
  prefix: string,
  attribute: string,
  as: (item: Item) => T | undefined,
): Promise<T[]> {
  const found: T[] = []
  const { pk } = keys.customer(customerId)
  for await (const item of table.queryAll({ partition: pk, prefix, only: { attribute } })) {
    const entity = as(item)
    if (entity !== undefined) found.push(entity)
  }
  return found
}
