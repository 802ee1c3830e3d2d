import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { findOffer, type ReadOffer, stateOf } from '../../../shared/directory/ownership/parties.ts'
import { offerChanged } from '../../../shared/directory/ownership/transfer-ownership.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { placeholderFor, placeholderUser } from '../../../shared/domain/access/placeholder.ts'
import type { DomainError } from '../../../shared/domain/values/errors.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { CustomerRule } from './customer-rule.ts'
import { forbidden, permissionDenied, notFound } from './denial.ts'

export type OwnershipAct = 'offer' | 'see' | 'withdraw' | 'accept'

/** Handlers get the offer only while it can be accepted. */
export const ownershipRule = (to: OwnershipAct): CustomerRule<ReadOffer | undefined> => ({
  on: 'customer',
  ...((to === 'offer' || to === 'accept') && {
    deniesOperators: 'An operator neither offers nor accepts the ownership; it can be forced.',
  }),
  load: async ({ deps, customerId }) => (isId(customerId) ? findOffer(deps.table, customerId) : undefined),
  decide: ({ customer, caller, now }, offer) => {
    const denied = caller && denialOf(caller, to, offer)
    if (denied) throw denied
    const isOpen = offer && stateOf(offer, customer, now) === 'open'
    return { offer: isOpen ? offer : undefined }
  },
})

/**
 * The ownership is `user.manage` on the main-customer, which is locked for everybody else. It can be offered to users
 * who hold `user.manage` on others; of these, only the one who is offered it finds the offer.
 */
function denialOf(caller: Caller, to: OwnershipAct, offer: ReadOffer | undefined): DomainError | undefined {
  const owns = isOwner(caller)
  if (owns && to !== 'accept') return undefined
  const couldOwn = decideOn(caller, placeholderFor({ type: 'user', id: '' }))
  if (!couldOwn.allowed) return permissionDenied(couldOwn.reason.code, 'user.manage')
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
  const owner = user.id === customer?.mainCustomerId ? user : placeholderUser('main-customer', '')
  return decideOn(caller, { type: 'user', user: owner }).allowed
}

function decideOn(caller: Caller, resource: Caller['resource']) {
  return decide({ ...caller, resource }, 'user.manage', { type: 'user', id: '' })
}
