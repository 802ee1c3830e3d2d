import { ceilings, survivesSuspension } from '../../../oracle/vocabulary.ts'
import { type Caller, whoIs } from './caller.ts'
import { isInMain } from './members.ts'
import { type Refusal, refuse } from './outcome.ts'
import { currentOffer, type Customer, isOwner, type Model, standingOffer, type User } from './state.ts'

export type Permission =
  | 'account.read'
  | 'account.update'
  | 'contact.update'
  | 'billing.update'
  | 'user.manage'
  | 'project.manage'
  | 'server.assign'
  | 'review.manage'
type ToOwnership = 'offer' | 'withdraw' | 'accept'

/** What a route needs. `on`: the thing that its path names; absent where that is the customer. */
export type Needs = {
  right: Permission | ToOwnership | 'reviewing' | 'operator' | 'any operator'
  on?: Target
  /** Who may be asked about something in the review, without `review.manage`. */
  asks?: ((user: User) => boolean) | undefined
}

/** `isLocked`: out of reach for people, whatever they may do elsewhere, but for `except`. */
export type Target = { isThere: boolean; isLocked?: boolean; except?: User }

/** Why the caller gets nowhere, if so. `customer` is undefined where there's none of that id. */
export function refusalOf(
  model: Model,
  caller: Caller,
  customer: Customer | undefined,
  { right, on, asks }: Needs,
): Refusal | undefined {
  if (right === 'any operator') return caller.kind === 'operator' ? undefined : refuse('forbidden')
  if (caller.kind === 'operator') return refusalOfOperator(customer, { right, on })
  if (caller.kind === 'check') return refuse('forbidden')
  const user = customer && whoIs(model, customer, caller).user
  if (!user) return refuse('not-found')
  if (right === 'operator') return refuse('forbidden')
  if (right === 'reviewing') return refusalOfReviewer(model, customer, user, { on, asks })
  if (isToOwnership(right)) return refusalOfOwnership(model, customer, user, right)
  if (!may(model, customer, user, right)) return refuse('forbidden')
  if (on && !on.isThere) return refuse('not-found')
  return on?.isLocked && on.except !== user ? refuse('locked') : undefined
}

const isToOwnership = (right: Needs['right']): right is ToOwnership =>
  right === 'offer' || right === 'withdraw' || right === 'accept'

function refusalOfOperator(
  customer: Customer | undefined,
  { right, on }: { right: Needs['right']; on: Target | undefined },
): Refusal | undefined {
  if (right === 'offer' || right === 'accept') return refuse('forbidden')
  if (!customer || on?.isThere === false) return refuse('not-found')
  return customer.status === 'closed' ? refuse('conflict') : undefined
}

function refusalOfReviewer(
  model: Model,
  customer: Customer,
  user: User,
  { on, asks }: Pick<Needs, 'asks'> & { on: Target | undefined },
): Refusal | undefined {
  if (customer.status !== 'active' || user.disabled) return refuse('forbidden')
  const isIn = may(model, customer, user, 'review.manage') || asks?.(user)
  return isIn && on?.isThere ? undefined : refuse('not-found')
}

function refusalOfOwnership(
  model: Model,
  customer: Customer,
  user: User,
  to: ToOwnership,
): Refusal | undefined {
  if (!may(model, customer, user, 'user.manage')) return refuse('forbidden')
  if (isOwner(user)) return to === 'accept' ? refuse('forbidden') : undefined
  if (to === 'offer') return refuse('forbidden')
  if (currentOffer(customer, model.now)?.to !== user) return refuse('not-found')
  if (!standingOffer(customer, model.now)) return refuse(to === 'accept' ? 'conflict' : 'not-found')
  return to === 'withdraw' ? refuse('forbidden') : undefined
}

export function may({ now }: Model, { status }: Customer, user: User, permission: Permission): boolean {
  const isOver = status === 'closed' || (status === 'suspended' && !survivesSuspension(permission))
  return !isOver && !user.disabled && ceilings[user.type].includes(permission) && isInMain(user, now)
}
