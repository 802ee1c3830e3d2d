import type { Action } from '../../model/action.ts'
import { pickCaller } from '../../model/callers.ts'
import { bodyOr, type Given, pathOf } from '../../model/commands/given.ts'
import { ifMatchFor } from '../../model/dice.ts'
import { type Outcome, refuse } from '../../model/outcome.ts'
import type { Model } from '../../model/state.ts'
import type { Book } from '../book.ts'
import type { Review } from '../state.ts'
import { scopeOf } from './policies.ts'

const unknownReview = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

export function startReview(model: Model, given: Given, book: Book): Action {
  const { customer, dice } = given
  const scope = dice.more % 3 === 0 ? scopeOf(customer, dice.which) : undefined
  const misfits = [{ scope: { projects: ['nil'] } }, { scope: { types: [] } }, { days: 1 }]
  return {
    caller: pickCaller(model, given),
    customer,
    method: 'POST',
    path: pathOf(customer, 'reviews'),
    ...bodyOr({ ...(scope && { scope }) }, misfits, given),
    needs: { right: 'review.manage' },
    plan: () => {
      if (customer.status !== 'active' || book.underWay(customer)) return refuse('conflict')
      const apply = () => {
        if (scope) book.scopes.set(customer.id, scope)
      }
      return { status: 201, apply }
    },
  }
}

/** Mostly the current one; sometimes an earlier one, another customer's, or none. */
export function pickReview({ customers }: Model, { customer, dice }: Given, book: Book): Review | undefined {
  if (dice.server < 20) return undefined
  if (dice.server < 40)
    return customers.filter((each) => each !== customer).flatMap((each) => book.of(each))[0]
  const all = book.of(customer)
  const current = book.underWay(customer)
  return dice.server < 940 && current ? current : all[dice.server % all.length]
}

/** The part that all commands on one review share. */
export function onReview(model: Model, given: Given, book: Book) {
  const { customer } = given
  const review = pickReview(model, given, book)
  const isThere = review !== undefined && review.customerId === customer.id
  const path = pathOf(customer, 'reviews', review?.id ?? unknownReview)
  return { review, isThere, path }
}

export const applyReview = end('apply', ({ state }) => state === 'open')
export const cancelReview = end('cancel', ({ state }) => state === 'open' || state === 'opening')

function end(verb: 'apply' | 'cancel', isPossible: (review: Review) => boolean) {
  return (model: Model, given: Given, book: Book): Action => {
    const { customer, dice } = given
    const { review, isThere, path } = onReview(model, given, book)
    const isRequired = verb === 'apply'
    const done: Outcome = { status: 200, apply: () => undefined }
    return {
      caller: pickCaller(model, given),
      customer,
      method: 'POST',
      path: `${path}/${verb}`,
      needs: { right: 'review.manage' },
      isMissing: !isThere,
      ifMatch: ifMatchFor(dice.ifMatch, { isRequired, isThere, path }),
      plan: () => (review && isPossible(review) ? done : refuse('conflict')),
    }
  }
}
