import type { Action } from '../action.ts'
import { pickCaller } from '../callers.ts'
import { createUser, deleteUser, unlinkLogin, updateUser } from '../change-users.ts'
import { ifMatchFor, pick, pickUser } from '../dice.ts'
import type { Target } from '../rights.ts'
import { type AssignableType, type Customer, isOwner, type Model, type User } from '../state.ts'
import { bodyOr, type Given, pathOf, unknown } from './given.ts'

export const types = ['customer-admin', 'customer-tech', 'customer-client', 'customer-billing'] as const
const names = ['Ann', 'Bo', 'Cleo', 'Дмитрий'] as const
export const addressOf = (die: number) => `person${die % 15}@model.example`

export function createUserAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  const type = pick<AssignableType>(['customer-admin', ...types], dice.more)
  const user = { email: addressOf(dice.user), name: pick(names, dice.which), type }
  const asked = { ...user, main: dice.variant % 3 === 0 }
  const misfits = [{ email: 'no address' }, { type: 'main-customer' }, { admin: true }] as const
  return {
    caller: pickCaller(model, given),
    customer,
    method: 'POST',
    path: pathOf(customer, 'users'),
    ...bodyOr(
      asked,
      misfits.map((misfit) => ({ ...asked, ...misfit })),
      given,
    ),
    needs: { right: 'user.manage' },
    plan: () => createUser(model, customer, asked, 'explicit'),
  }
}

/** What all commands on one user have in common. */
export function onUser(model: Model, given: Given, below = '', isRequired = false) {
  const { customer, dice } = given
  const user = pickUser(model, customer, dice.user)
  const path = pathOf(customer, 'users', user?.id ?? unknown.user)
  const on = targetOf(customer, user)
  const action = {
    caller: pickCaller(model, given),
    customer,
    path: `${path}${below}`,
    needs: { right: 'user.manage', on },
    ifMatch: ifMatchFor(dice.ifMatch, { isRequired, isThere: on.isThere, path }),
  } as const
  return { user, action }
}

function targetOf(customer: Customer, user: User | undefined): Target {
  const isThere = user !== undefined && !user.deleted && customer.users.includes(user)
  return { isThere, isLocked: user === customer.owner, except: customer.owner }
}

/** For plans, which are made only where there's one. */
export function sure<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('there is none')
  return thing
}

export function updateUserAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  const { user, action } = onUser(model, given)
  const name = { name: pick(names, dice.more) }
  const email = { email: addressOf(dice.more) }
  const status = { status: user && isOwner(user) ? 'disabled' : pick(['disabled', 'active'], dice.more) }
  const bodies = [name, email, email, status, status, { ...name, ...email }, { ...email, ...status }] as const
  const misfits = [{}, { email: 'ä@model.example' }, { type: 'customer-admin' }, { status: 'gone' }] as const
  const asked = pick<{ name?: string; email?: string; status?: string }>(bodies, dice.variant)
  return {
    ...action,
    method: 'PATCH',
    ...bodyOr(asked, misfits, given),
    plan: () => updateUser(model, customer, sure(user), asked, action.caller),
  }
}

export function deleteUserAction(model: Model, given: Given): Action {
  const { user, action } = onUser(model, given, '', true)
  return { ...action, method: 'DELETE', plan: () => deleteUser(sure(user)) }
}

export function unlinkLoginAction(model: Model, given: Given): Action {
  const { user, action } = onUser(model, given, '/login')
  return { ...action, method: 'DELETE', plan: () => unlinkLogin(sure(user), action.caller) }
}
