import type { Customer } from '../../domain/entities/customer.ts'
import { offerDays, pledgeOf, type Transfer } from '../../domain/entities/ownership-offer.ts'
import { addMilliseconds } from '../../domain/values/instant.ts'
import { findTransfer, transferItem } from '../../records/ownership-offers.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { transferChange } from '../change/audit-view.ts'
import { type Context, type Plan, planned } from '../change/change-plan.ts'
import { readOwner, readSuccessor } from './parties.ts'

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

/** Takes an offer back. */
export function withdrawOwnership(context: Context, offer: Versioned<Transfer>): Plan<undefined> {
  const { customerId, version: was } = offer
  return planned(
    context,
    customerId,
    'ownership.withdrawn',
    [{ remove: keys.transfer(customerId), was }],
    [transferChange({ before: offer })],
    undefined,
  )
}
