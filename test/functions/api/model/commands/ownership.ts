import type { Action, IfMatch } from '../action.ts'
import { loginOf, operator, pickCaller } from '../callers.ts'
import { beginning, beginType } from '../change-users.ts'
import { ifMatchFor, pickUser } from '../dice.ts'
import { type Effect, type Outcome, refuse } from '../outcome.ts'
import * as state from '../state.ts'
import { bodyOr, type Given, pathOf, unknown } from './given.ts'
import { sure } from './users.ts'

const week = 7 * 86_400_000

export function offerOwnership(model: state.Model, given: Given): Action {
  const { customer, dice } = given
  const to = pickSuccessor(model, given)
  return {
    caller: dice.caller < 600 ? loginOf(customer.owner) : pickCaller(model, given),
    customer,
    method: 'POST',
    path: pathOf(customer, 'ownership-transfer'),
    ...bodyOr({ to: to?.id ?? unknown.user }, [{}, { to: 'no id' }], given),
    needs: { right: 'offer' },
    ifMatch: customerTag(customer, dice.ifMatch),
    plan: () =>
      refusalOf(customer, to) ?? {
        status: 201,
        apply: () => {
          const [by, successor] = [customer.owner, sure(to)]
          const pledge = state.fingerprintOf(by, successor)
          customer.offer = { to: successor, by, until: model.now + week, pledge }
        },
      },
  }
}

/** Where nothing is offered there's mostly nothing to be seen: something is offered instead. */
const offersFirst = ({ now }: state.Model, { customer, dice }: Given) =>
  dice.variant < 800 && !state.standingOffer(customer, now)

export function withdrawOwnership(model: state.Model, given: Given): Action {
  if (offersFirst(model, given)) return offerOwnership(model, given)
  const { customer, dice } = given
  return {
    ...onOffer(model, given),
    ...(dice.caller < 400 && { caller: loginOf(customer.owner) }),
    method: 'DELETE',
    path: pathOf(customer, 'ownership-transfer'),
    needs: { right: 'withdraw' },
    plan: () => ({ status: 204, apply: () => Object.assign(customer, { offer: undefined }) }),
  }
}

/** More often than not by whom it is offered to. */
export function acceptOwnership(model: state.Model, given: Given): Action {
  if (offersFirst(model, given)) return offerOwnership(model, given)
  const { customer, dice } = given
  const offered = customer.offer?.to
  const caller = { caller: dice.caller < 700 && offered ? loginOf(offered) : pickCaller(model, given) }
  return {
    ...onOffer(model, given),
    ...caller,
    method: 'POST',
    path: pathOf(customer, 'ownership-transfer', 'accept'),
    needs: { right: 'accept' },
    plan: () => transfer(model, customer, offered),
  }
}

function onOffer(model: state.Model, given: Given) {
  const { customer, dice } = given
  const isThere = state.standingOffer(customer, model.now) !== undefined
  const path = pathOf(customer, 'ownership-transfer')
  return {
    caller: pickCaller(model, given),
    customer,
    isMissing: !isThere,
    ifMatch: ifMatchFor(dice.ifMatch, { isRequired: true, isThere, path }),
  }
}

export function forceOwnership(model: state.Model, given: Given): Action {
  const { customer, dice } = given
  const to = pickSuccessor(model, given)
  return {
    caller: dice.caller < 800 ? operator : pickCaller(model, given),
    customer,
    method: 'POST',
    path: pathOf(customer, 'ownership-transfer', 'force'),
    ...bodyOr({ to: to?.id ?? unknown.user }, [{}, { to: ['a list'] }], given),
    needs: { right: 'operator' },
    ifMatch: customerTag(customer, dice.ifMatch),
    plan: () => transfer(model, customer, to),
  }
}

const customerTag = (customer: state.Customer, die: number): IfMatch =>
  ifMatchFor(die, { isRequired: true, isThere: true, path: pathOf(customer) })

/** Mostly somebody who can be it. */
function pickSuccessor(model: state.Model, { customer, dice }: Given): state.User | undefined {
  const linked = state.adminsOf(customer).filter(({ login }) => login !== undefined)
  return dice.variant < 700 && linked.length > 0
    ? linked[dice.user % linked.length]
    : pickUser(model, customer, dice.user)
}

function refusalOf(customer: state.Customer, to: state.User | undefined): Outcome | undefined {
  if (!to || to.deleted || !customer.users.includes(to)) return refuse('invalid-request')
  return state.isAdmin(to) && !to.disabled && to.login !== undefined ? undefined : refuse('conflict')
}

function transfer(model: state.Model, customer: state.Customer, to: state.User | undefined): Outcome {
  return refusalOf(customer, to) ?? { status: 200, apply: () => swap(model, customer, sure(to)) }
}

/** What the old one had it keeps, as an admin since before all projects. */
function swap(model: state.Model, customer: state.Customer, to: state.User): ReturnType<Effect['apply']> {
  const { owner } = customer
  beginType(model, owner, 'customer-admin')
  owner.adminSince = beginning
  beginType(model, to, 'main-customer')
  Object.assign(customer, { owner: to, offer: undefined })
}
