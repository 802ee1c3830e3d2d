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

/** A request about a review. */
class ReviewRequest implements fc.AsyncCommand<Model, ReviewRun> {
  readonly #dice: Dice

  constructor(given: Dice) {
    this.#dice = given
  }

  check(): boolean {
    return true
  }

  async run(model: Model, run: ReviewRun): Promise<void> {
    model.turn++
    model.now++
    const customer = pickCustomer(model, this.#dice.customer)
    const given = { customer: customer ?? nobody, dice: this.#dice }
    const request = requestFor(given, run.book)
    await run.send({ ...request(model, given, run.book), ...(!customer && { customer }) })
    if (customer) await this.#interfere(model, run, customer)
  }

  /** While a review is applying, changes grants between two of its writes. */
  async #interfere(model: Model, run: ReviewRun, customer: Customer): Promise<void> {
    const { user, more, which, variant } = this.#dice
    for (let round = 0; round < 6 && run.book.underWay(customer)?.state === 'applying'; round++) {
      model.turn++
      model.now++
      const shifted = { ...this.#dice, user: user + 11 * round, more: more + round, variant: variant + round }
      if ((which >> round) % 2 === 0)
        await run.send(changeReviewedGrant(model, { customer, dice: shifted }, run.book))
      await run.runSteps(which + round, 1 + ((more + round) % 4))
    }
  }

  toString(): string {
    return `review(${Object.values(this.#dice).join()})`
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
class Work implements fc.AsyncCommand<Model, ReviewRun> {
  readonly #name: keyof typeof works
  readonly #seed: number

  constructor(name: keyof typeof works, seed: number) {
    this.#name = name
    this.#seed = seed
  }

  check(): boolean {
    return true
  }

  async run(model: Model, run: ReviewRun): Promise<void> {
    model.turn++
    if (this.#name === 'clock') model.now += spans[this.#seed % spans.length] ?? 0
    await works[this.#name].of(run, this.#seed)
  }

  toString(): string {
    return `${this.#name}(${this.#seed})`
  }
}

/** A command of the API's model at a time of its own: ids sort by creation, so that a run can be replayed. */
class Timestamped implements fc.AsyncCommand<Model, ReviewRun> {
  readonly #command: fc.AsyncCommand<Model, Run>

  constructor(command: fc.AsyncCommand<Model, Run>) {
    this.#command = command
  }

  check(): boolean {
    return true
  }

  async run(model: Model, run: ReviewRun): Promise<void> {
    model.now++
    await this.#command.run(model, run)
  }

  toString(): string {
    return String(this.#command)
  }
}

type Each = fc.Arbitrary<fc.AsyncCommand<Model, ReviewRun>>

/** Commands that reviews depend on come more often than the rest. */
const inFocus = ['putMember', 'putAssignment', 'removeMember', 'changeUserType', 'createUser']

/** All commands of the API's model, and between them reviews and their worker. */
export function commandsWithReviews(): Each {
  const work = Object.entries(works).map(([name, { weight }]) => ({
    weight,
    arbitrary: fc.constant(name as keyof typeof works),
  }))
  const besides: Each = fc.tuple(fc.oneof(...work), fc.nat(9999)).map(([name, seed]) => new Work(name, seed))
  return fc.oneof<{ weight: number; arbitrary: Each }[]>(
    { weight: 40, arbitrary: commandsOf(inFocus).map((command) => new Timestamped(command)) },
    { weight: 30, arbitrary: dice.map((given) => new ReviewRequest(given)) },
    { weight: 30, arbitrary: besides },
  )
}
