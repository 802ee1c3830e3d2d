import type { Action } from '../../model/action.ts'
import { operator } from '../../model/callers.ts'
import { grant, revoke } from '../../model/change-grants.ts'
import { type Given, pathOf } from '../../model/commands/given.ts'
import { pick } from '../../model/dice.ts'
import type { Model } from '../../model/state.ts'
import type { Book } from '../book.ts'
import { type Grant, grantsOf } from '../grants.ts'
import { startReview } from './reviews.ts'

/** Changes or revokes a grant whose item isn't done. */
export function changeReviewedGrant(model: Model, given: Given, book: Book): Action {
  const { customer, dice } = given
  const review = book.underWay(customer)
  const items = review ? book.itemsOf(review) : new Map()
  const grants = [...grantsOf(customer, model.now)].filter(([id]) =>
    /^(open|decided)$/.test(items.get(id)?.state),
  )
  const [, changed] = grants[dice.user % grants.length] ?? []
  if (!changed) return startReview(model, given, book)
  const { user, place } = changed
  const action = { caller: operator, customer, ...routeOf(given, changed) }
  if (dice.variant % 3 === 0) return { ...action, method: 'DELETE', plan: () => revoke(model, user, place) }
  const [name, roles] = termsFor(changed, dice.more)
  return {
    ...action,
    method: 'PUT',
    body: { [name]: roles },
    plan: () => grant(model, user, place, { roles }, 'explicit'),
  }
}

function routeOf({ customer }: Given, { user, place, kind, resourceId }: Grant) {
  const [list, members] = kind === 'server' ? ['servers', 'assignments'] : ['projects', 'members']
  const path = pathOf(customer, list, resourceId, members, user.id)
  const ofProject = place === 'main' ? 'user.manage' : 'project.manage'
  const right = kind === 'server' ? 'server.assign' : ofProject
  return { path, needs: { right, on: { isThere: true } } } as const
}

function termsFor({ place, kind }: Grant, die: number): [string, readonly string[]] {
  if (kind === 'server') return ['capabilities', pick([['view'], ['view', 'power']], die)]
  const sets = place === 'main' ? [[], ['cdn']] : [['compute:read'], ['full'], ['volume:manage']]
  return ['roles', pick<readonly string[]>(sets, die)]
}
