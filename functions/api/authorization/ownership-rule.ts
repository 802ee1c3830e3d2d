import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { type ReadOffer, stateOf } from '../../../shared/directory/ownership/parties.ts'
import { offerChanged } from '../../../shared/directory/ownership/transfer-ownership.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import type { DomainError } from '../../../shared/domain/values/errors.ts'
import { forbidden, missing, notFound } from './denial.ts'
import { mainCustomerPlaceholder, placeholderFor } from './placeholder.ts'

/**
 * The ownership is `user.manage` on the main-customer, which is locked for everybody else. It can be offered to those
 * who hold `user.manage` on others; of these, only who it is offered to finds the offer.
 */
export function denialOfOwnership(
  caller: Caller,
  to: 'offer' | 'see' | 'withdraw' | 'accept',
  offer: ReadOffer | undefined,
): DomainError | undefined {
  const owns = isOwner(caller)
  if (owns && to !== 'accept') return undefined
  const couldOwn = decideOn(caller, placeholderFor({ type: 'user', id: '' }))
  if (!couldOwn.allowed) return missing(couldOwn.reason.code, 'user.manage')
  if (owns) return forbidden('Only who the ownership is offered to may accept it.')
  if (to === 'offer') return forbidden('Only the main-customer may offer the ownership.')
  const { customer, now, user } = caller
  if (!customer || offer?.transfer.to !== user.id) return notFound('ownership transfer')
  const state = stateOf(offer, customer, now)
  if (state === 'changed' && to === 'accept') return offerChanged()
  if (state !== 'open') return notFound('ownership transfer')
  return to === 'withdraw' ? forbidden('Only the main-customer or an operator may withdraw it.') : undefined
}

function isOwner(caller: Caller): boolean {
  const { user, customer } = caller
  const owner = user.id === customer?.mainCustomerId ? user : mainCustomerPlaceholder
  return decideOn(caller, { type: 'user', user: owner }).allowed
}

function decideOn(caller: Caller, resource: Caller['resource']) {
  return decide({ ...caller, resource }, 'user.manage', { type: 'user', id: '' })
}
