import type { Customer } from '../domain/customer.ts'
import { DomainError } from '../domain/errors.ts'
import { noOffer } from '../domain/transfer.ts'
import type { Versioned } from '../table/item.ts'
import type { Context, Plan } from './context.ts'
import type { ReadOffer } from './successor.ts'
import { stateOf } from './successor.ts'
import { transferOwnership } from './transfer-ownership.ts'

/** The admin takes what it was offered, while the offer is open: the two still are who and what they were then. */
export async function acceptOwnership(
  context: Context,
  customer: Versioned<Customer>,
  offer: ReadOffer,
): Promise<Plan<Customer>> {
  const { transfer, owner, successor } = offer
  const state = stateOf(offer, customer, context.now)
  if (state === 'over') throw noOffer()
  if (state === 'changed' || !owner || !successor) throw offerChanged()
  return transferOwnership(context, customer, { owner, successor, offer: transfer, accepts: true })
}

/** For the admin whom an offer was made to that has to be made again. */
export const offerChanged = () =>
  new DomainError('conflict', 'either of the two has changed since the offer; it has to be made again')
