import * as fc from 'fast-check'
import { orderEvent } from './commands/events.ts'
import { nobody } from './commands/given.ts'
import { requests } from './commands/index.ts'
import { day, type Dice, dice, pickCustomer, waitOf } from './dice.ts'
import type { Run } from './run.ts'
import type { Customer, Model } from './state.ts'

const minute = 60_000

/** One step of a run: a request, an event of the order system, the clean-up or a pause. */
export class Command implements fc.AsyncCommand<Model, Run> {
  readonly #name: string
  readonly #dice: Dice

  constructor(name: string, given: Dice) {
    this.#name = name
    this.#dice = given
  }

  check(): boolean {
    return true
  }

  async run(model: Model, run: Run): Promise<void> {
    model.turn++
    model.now += waitOf(this.#dice.wait)
    const customer = pickCustomer(model, this.#dice.customer)
    this.#moveClock(model, run, customer)
    const given = { customer: customer ?? nobody, dice: this.#dice }
    const request = requests[this.#name]
    if (request) await run.send({ ...request.of(model, given), ...(!customer && { customer }) })
    if (this.#name === 'cleanUp') await run.cleanUp()
    if (this.#name === 'event' && customer) await run.hear(orderEvent(model, given))
  }

  /** Where a clock that stands still would tell something else than any real one. */
  #moveClock(model: Model, run: Run, customer: Customer | undefined): void {
    // An offer begins anew each time: only its time tells that it comes after the one before.
    if (this.#name.endsWith('Ownership')) model.now++
    // One word after the other about a pair counts a millisecond after the other, and this ends them all.
    if (/Ownership|UserType|deleteServer/.test(this.#name) && customer) {
      model.now = Math.max(model.now, run.newestWordAt(customer))
    }
    // Later than whatever a change by people may have been pushed to.
    if (this.#name === 'event') model.now += minute
    // Longer than an invitation is good for.
    if (this.#name === 'pause') model.now += 31 * day
  }

  toString(): string {
    return `${this.#name}(${Object.values(this.#dice).join()})`
  }
}

/** Commands as often as their weights say; those that are in focus ten times as often. */
export function commandsOf(inFocus: readonly string[]): fc.Arbitrary<Command> {
  const weights = Object.entries({
    ...requests,
    event: { weight: 8 },
    cleanUp: { weight: 5 },
    pause: { weight: 0.3 },
  })
  const names = weights.map(([name, { weight }]) => ({
    weight: weight * (inFocus.includes(name) ? 100 : 10),
    arbitrary: fc.constant(name),
  }))
  return fc.tuple(fc.oneof(...names), dice).map(([name, given]) => new Command(name, given))
}
