import type { Action } from '../action.ts'
import { operator, pickCaller } from '../callers.ts'
import { deleteServer, putServer } from '../change-servers.ts'
import { findServer, ifMatchFor, pick, serverIds } from '../dice.ts'
import { unless } from '../outcome.ts'
import type { Model } from '../state.ts'
import { bodyOr, type Given, pathOf } from './given.ts'

export const hostnames = ['one.model.example', 'two.model.example'] as const

export function putServerAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  // Mostly one that isn't there, or isn't any more.
  const absent = serverIds.filter((each) => !findServer(customer, each))
  const id = pick(dice.which < 600 && absent.length > 0 ? absent : serverIds, dice.server)
  const hostname = pick(hostnames, dice.more)
  return {
    ...onServer(model, given, id),
    method: 'PUT',
    ...bodyOr({ hostname: hostname.toUpperCase() }, [{}, { hostname: 'no name' }], given),
    needs: { right: 'operator' },
    plan: () =>
      unless(findServer(customer, id)?.hostname === hostname, putServer(customer, { id, hostname })),
  }
}

export function deleteServerAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  const known = customer.servers.map((server) => server.id)
  const id = pick([pick([...serverIds, 'nil'], dice.more), ...known, ...known], dice.server)
  const isThere = findServer(customer, id) !== undefined
  return {
    ...onServer(model, given, id),
    method: 'DELETE',
    needs: { right: 'operator', on: { isThere } },
    plan: () => deleteServer(customer, id),
  }
}

function onServer(model: Model, given: Given, id: string) {
  const { customer, dice } = given
  const path = pathOf(customer, 'servers', id)
  const isThere = findServer(customer, id) !== undefined
  return {
    caller: dice.caller < 800 ? operator : pickCaller(model, given),
    customer,
    path,
    // What isn't there has no ETag to ask for.
    ifMatch: withAny(ifMatchFor(dice.ifMatch, { isThere, path })),
  }
}

const withAny = (ifMatch: NonNullable<Action['ifMatch']>) =>
  ifMatch.mode === 'right' && !ifMatch.isThere ? { ...ifMatch, mode: 'any' as const } : ifMatch
