import type { Action } from '../../model/action.ts'
import { pickCaller } from '../../model/callers.ts'
import { bodyOr, type Given, pathOf, unknown } from '../../model/commands/given.ts'
import { ifMatchFor, pick } from '../../model/dice.ts'
import { refuse } from '../../model/outcome.ts'
import { type Customer, live, type Model, present } from '../../model/state.ts'
import type { Book } from '../book.ts'
import type { Scope } from '../grants.ts'
import { defaultPolicy, type Policy } from '../state.ts'

/** Mostly everything; else a scope of some kind. */
export function scopeOf(customer: Customer, die: number): Scope {
  const ids = ['main', ...live(customer).map(({ id }) => id)]
  const scopes: Scope[] = [
    { projects: ids.filter((_, place) => place % 2 === die % 2 || ids.length === 1) },
    { types: ['customer-tech', 'customer-client', 'customer-admin'] },
    { services: ['compute', 'volume'] },
    { origins: ['explicit'] },
    { origins: ['automatic'], types: ['customer-admin'] },
    { unusedDays: 1 + (die % 60) },
  ]
  return die % 100 < 55 ? {} : pick(scopes, die)
}

export function putPolicy(model: Model, given: Given, book: Book): Action {
  const { customer, dice } = given
  const path = pathOf(customer, 'review-policy')
  const people = present(customer)
  const somebody = people[dice.user % people.length]?.id ?? unknown.user
  const isUnknown = dice.more % 25 === 0
  const policy: Partial<Policy> = {
    days: pick([1, 3, 14], dice.which),
    scope: scopeOf(customer, dice.project),
    reviewers: pick(
      [['admins'], ['project'], [somebody], ['admins', 'project'], [isUnknown ? unknown.user : somebody]],
      dice.user,
    ),
    unanswered: pick(['revoke', 'revoke', 'recommendation', 'keep'], dice.more),
    largestShare: pick([100, 100, 30, 5, 0], dice.server),
  }
  const misfits = [{ days: 0 }, { largestShare: 200 }, { reviewers: [] }, { scope: { projects: ['nil'] } }]
  return {
    caller: pickCaller(model, given),
    customer,
    method: 'PUT',
    path,
    ...bodyOr(policy, misfits, given),
    needs: { right: 'review.manage' },
    ifMatch: ifMatchFor(dice.ifMatch, { isThere: true, path }),
    plan: () => {
      if (policy.reviewers?.includes(unknown.user)) return refuse('invalid-request')
      const apply = () => book.policiesOf(customer).set({ ...defaultPolicy, ...policy }, model.now)
      return { status: 200, apply }
    },
  }
}
