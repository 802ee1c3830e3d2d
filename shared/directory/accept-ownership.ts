import type { Customer } from '../domain/customer.ts'
import type { Transfer } from '../domain/transfer.ts'
import { isOpen, noOffer } from '../domain/transfer.ts'
import type { Versioned } from '../table/item.ts'
import type { Context, Plan } from './context.ts'
import { transferOwnership } from './transfer-ownership.ts'

/** The admin takes what it was offered, while the offer is open and of who still is the main-customer. */
export async function acceptOwnership(
  context: Context,
  customer: Versioned<Customer>,
  offer: Versioned<Transfer>,
): Promise<Plan<Customer>> {
  if (!isOpen(offer, customer, context.now)) throw noOffer()
  return transferOwnership(context, customer, { to: offer.to, offer, accepts: true })
}
