import type { Customer } from '../domain/customer.ts'
import { addMilliseconds } from '../domain/instant.ts'
import type { Transfer } from '../domain/transfer.ts'
import { offerDays, pledgeOf } from '../domain/transfer.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { findTransfer, transferItem } from '../table/transfers.ts'
import { transferChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned } from './context.ts'
import { readOwner, readSuccessor } from './successor.ts'

/** The main-customer offers what it is to an admin, for seven days; another offer replaces this one. */
export async function offerOwnership(
  context: Context,
  customer: Versioned<Customer>,
  { to }: { to: string },
): Promise<Plan<Transfer>> {
  const { table, now } = context
  const [successor, owner, before] = await Promise.all([
    readSuccessor(table, customer, to),
    readOwner(table, customer),
    findTransfer(table, customer.id),
  ])
  const offer: Transfer = {
    customerId: customer.id,
    to,
    offeredBy: customer.mainCustomerId,
    offeredAt: now,
    expiresAt: addMilliseconds(now, offerDays * 86_400_000),
    pledge: pledgeOf(owner, successor),
  }
  return planned(
    context,
    customer.id,
    'ownership.offered',
    [
      { put: transferItem(offer), was: before?.version },
      { check: keys.customer(customer.id), was: customer.version },
      { check: keys.user(customer.id, to), was: successor.version },
    ],
    [transferChange({ before, after: offer })],
    offer,
  )
}
