import { dateOf } from '../domain/instant.ts'
import type { Transfer } from '../domain/transfer.ts'
import type { Item, Versioned } from './item.ts'
import { keys } from './keys.ts'
import type { Table } from './table.ts'

export function transferItem(transfer: Transfer) {
  const ttl = Math.ceil(dateOf(transfer.expiresAt).getTime() / 1000)
  return { ...transfer, ...keys.transfer(transfer.customerId), ttl }
}

const asTransfer = (item: Item | undefined) => item as Versioned<Transfer> | undefined

/** The customer's last offer; it may have expired. */
export async function findTransfer(table: Table, customerId: string) {
  return asTransfer(await table.get(keys.transfer(customerId)))
}
