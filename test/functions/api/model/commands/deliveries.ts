import type { Action } from '../action.ts'
import { operator, pickCaller } from '../callers.ts'
import { ifMatchFor, pick } from '../dice.ts'
import { refuse } from '../outcome.ts'
import type { Model } from '../state.ts'
import type { Given } from './given.ts'

export function retryDelivery(model: Model, given: Given): Action {
  const { dice } = given
  const delivery = pick([...model.deliveries, undefined], dice.user)
  const path = `/v1/deliveries/orders/${delivery?.id ?? 'nil'}`
  return {
    caller: dice.caller < 600 ? operator : pickCaller(model, given),
    customer: undefined,
    method: 'POST',
    path: `${path}/retry`,
    needs: { right: 'any operator' },
    isOfNoCustomer: true,
    isMissing: delivery === undefined,
    ifMatch: ifMatchFor(dice.ifMatch, { isThere: delivery !== undefined, path }),
    plan: () => {
      if (!delivery || delivery.status === 'applied') return refuse('conflict')
      return { status: 200, isQuiet: true, apply: () => Object.assign(delivery, { status: 'received' }) }
    },
  }
}
