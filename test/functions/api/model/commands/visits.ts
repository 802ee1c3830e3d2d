import type { Action } from '../action.ts'
import type { Caller } from '../caller.ts'
import { loginOf, pickCaller } from '../callers.ts'
import { pick } from '../dice.ts'
import { type Customer, type Model, present } from '../state.ts'
import { type Given, pathOf } from './given.ts'

/** Mostly by somebody who hasn't been there yet; in one case of four with another login than the own one. */
export function visit(model: Model, { customer, dice }: Given): Action {
  const strangers = present(customer).filter(({ login }) => login === undefined)
  if (dice.variant < 600 && strangers.length > 0) return look(customer, loginOf(pick(strangers, dice.which)))
  const byPerson = { ...dice, caller: dice.caller < 400 ? dice.caller : 935 + (dice.caller % 50) }
  return look(customer, pickCaller(model, { customer, dice: byPerson }))
}

/** A mere look: the first one of a login links it. */
export function look(customer: Customer, caller: Caller): Action {
  return {
    caller,
    customer,
    method: 'GET',
    path: pathOf(customer),
    needs: { right: 'account.read' },
    plan: () => ({ status: 200, isQuiet: true, apply: () => undefined }),
  }
}
