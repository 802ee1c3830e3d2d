import * as fc from 'fast-check'
import type { Action } from '../model/action.ts'
import { commandsOf } from '../model/command.ts'
import { type Given, nobody } from '../model/commands/given.ts'
import { day, type Dice, dice, pickCustomer } from '../model/dice.ts'
import type { Run } from '../model/run.ts'
import type { Customer, Model } from '../model/state.ts'
import type { Book } from './book.ts'
import { changeReviewedGrant } from './commands/changes.ts'
import { decideItem, decideItems } from './commands/decisions.ts'
import { putPolicy } from './commands/policies.ts'
import { applyReview, cancelReview, startReview } from './commands/reviews.ts'
import type { ReviewRun } from './run.ts'

type Request = (model: Model, given: Given, book: Book) => Action

const hour = 3_600_000
/** Milliseconds by which the clock moves: mostly less than a review's, now and then a quarter. */
const spans = [hour, hour, 6 * hour, 6 * hour, day, day, day, 3 * day, 15 * day, 95 * day] as const

type Each = fc.AsyncCommand<Model, ReviewRun>

/** A command that is possible in any state, and its text in a failure. */
const command = (text: string, run: Each['run']): Each => ({ check: () => true, run, toString: () => text })

/** A request about a review. */
const requestOf = (given: Dice) =>
  command(`review(${Object.values(given).join()})`, async (model, run) => {
    model.turn++
    model.now++
    const customer = pickCustomer(model, given.customer)
    const ofCustomer = { customer: customer ?? nobody, dice: given }
    const request = requestFor(ofCustomer, run.book)
    await run.send({ ...request(model, ofCustomer, run.book), ...(!customer && { customer }) })
    if (customer) await interfere(model, run, customer, given)
  })

/** While a review is applying, changes grants between two of its writes. */
async function interfere(model: Model, run: ReviewRun, customer: Customer, given: Dice): Promise<void> {
  const { user, more, which, variant } = given
  for (let round = 0; round < 6 && run.book.underWay(customer)?.state === 'applying'; round++) {
    model.turn++
    model.now++
    const shifted = { ...given, user: user + 11 * round, more: more + round, variant: variant + round }
    if ((which >> round) % 2 === 0)
      await run.send(changeReviewedGrant(model, { customer, dice: shifted }, run.book))
    await run.runSteps(which + round, 1 + ((more + round) % 4))
  }
}

/** Chooses a request that suits the review's state. */
function requestFor({ customer, dice: { ifMatch: die } }: Given, book: Book): Request {
  const share = die % 100
  const review = book.underWay(customer)
  if (review?.state === 'applying' && share < 60) return changeReviewedGrant
  if (!review) return share < 30 ? putPolicy : startReview
  if (share < 3) return putPolicy
  if (share < 7) return startReview
  if (share < 9) return cancelReview
  if (share < 15) return applyReview
  if (share < 25) return changeReviewedGrant
  return share < 45 ? decideItem : decideItems
}

const works = {
  'some steps': { weight: 14, of: (run: ReviewRun, seed: number) => run.runSteps(seed, 1 + (seed % 5)) },
  'all steps': { weight: 10, of: (run: ReviewRun, seed: number) => run.drain(seed) },
  clock: { weight: 4, of: (run: ReviewRun, seed: number) => run.runClock(seed) },
  kill: { weight: 2, of: (run: ReviewRun, seed: number) => run.kill(seed) },
  loss: { weight: 1, of: async (run: ReviewRun) => run.lose() },
  uses: { weight: 2, of: (run: ReviewRun) => run.recordUses() },
} as const

/** Work beside the requests: of the worker and the clock. */
const workOf = (name: keyof typeof works, seed: number) =>
  command(`${name}(${seed})`, async (model, run) => {
    model.turn++
    if (name === 'clock') model.now += spans[seed % spans.length] ?? 0
    await works[name].of(run, seed)
  })

/** A command of the API's model at a time of its own: ids sort by creation, so that a run can be replayed. */
const timestamped = (ofApi: fc.AsyncCommand<Model, Run>) =>
  command(String(ofApi), async (model, run) => {
    model.now++
    await ofApi.run(model, run)
  })

/** Commands that reviews depend on come more often than the rest. */
const inFocus = ['putMember', 'putAssignment', 'removeMember', 'changeUserType', 'createUser']

/** All commands of the API's model, and between them reviews and their worker. */
export function commandsWithReviews(): fc.Arbitrary<Each> {
  const work = Object.entries(works).map(([name, { weight }]) => ({
    weight,
    arbitrary: fc.constant(name as keyof typeof works),
  }))
  return fc.oneof(
    { weight: 40, arbitrary: commandsOf(inFocus).map(timestamped) },
    { weight: 30, arbitrary: dice.map(requestOf) },
    { weight: 30, arbitrary: fc.tuple(fc.oneof(...work), fc.nat(9999)).map((of) => workOf(...of)) },
  )
}
