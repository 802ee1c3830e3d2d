import type { Customer } from '../domain/customer.ts'
import type { Versioned } from '../table/item.ts'
import { findTransfer } from '../table/transfers.ts'
import type { Context, Plan } from './context.ts'
import { readOwner, readSuccessor } from './successor.ts'
import { transferOwnership } from './transfer-ownership.ts'

/** An operator puts an admin in the main-customer's place. */
export async function forceOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { to }: { to: string },
): Promise<Plan<Customer>> {
  const { table } = context
  const [successor, owner, offer] = await Promise.all([
    readSuccessor(table, customer, to),
    readOwner(table, customer),
    findTransfer(table, customer.id),
  ])
  return transferOwnership(context, customer, { owner, successor, offer })
}
