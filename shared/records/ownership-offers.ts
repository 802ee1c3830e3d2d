import type { Transfer } from '../domain/entities/ownership-offer.ts'
import { dateOf } from '../domain/values/instant.ts'
import type { Item, Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'

export function transferItem(transfer: Transfer) {
  const ttl = Math.ceil(dateOf(transfer.expiresAt).getTime() / 1000)
  return { ...transfer, ...keys.transfer(transfer.customerId), ttl }
}

const asTransfer = (item: Item | undefined) => item as Versioned<Transfer> | undefined

/** The customer's last offer; it may have expired. */
export async function findTransfer(table: Table, customerId: string) {
  return asTransfer(await table.get(keys.transfer(customerId)))
}
