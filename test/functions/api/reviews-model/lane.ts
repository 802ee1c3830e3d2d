import type { DynamoDBRecord } from 'aws-lambda'
import { createReviews } from '../../../../functions/reviews/worker.ts'
import type { Service } from '../model/service.ts'
import { HeldTable } from './paused-table.ts'

/** One instance of the worker of reviews, which does one thing at a time, write by write. */
export class Lane {
  readonly #held: HeldTable
  readonly #reviews: ReturnType<typeof createReviews>
  #isBusy = false
  #failure: Error | undefined

  constructor({ table, log }: Pick<Service, 'table' | 'log'>) {
    const held = new HeldTable(table)
    this.#held = held
    this.#reviews = createReviews({
      table: held.table,
      log: (level, message, fields) => {
        if (!held.isDead) log(level, message, fields)
      },
    })
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** `again` gets the records that have to be handed over once more. */
  handOver(records: DynamoDBRecord[], again: (records: DynamoDBRecord[]) => void): Promise<void> {
    return this.#begin(async () => {
      const { batchItemFailures } = await this.#reviews.onStream({ Records: records })
      if (batchItemFailures.length > 0) again(records)
    })
  }

  /** The schedule: what is due. */
  sweep(): Promise<void> {
    return this.#begin(() => this.#reviews.sweep())
  }

  /** The schedule: customers that are new to reviews. */
  pass(): Promise<void> {
    return this.#begin(() => this.#reviews.pass())
  }

  /** Does its next write, up to the one after. */
  async step(): Promise<void> {
    await this.#held.release()
    await this.#standStill()
  }

  /** It is of no use any more. */
  async kill(lastHasEffect: boolean): Promise<void> {
    await this.#held.kill(lastHasEffect)
    await this.#standStill()
  }

  async #begin(work: () => Promise<unknown>): Promise<void> {
    this.#isBusy = true
    void work()
      .catch((error: unknown) => {
        if (!this.#held.isDead) this.#failure = new Error('the worker has failed', { cause: error })
      })
      .finally(() => (this.#isBusy = false))
    await this.#standStill()
  }

  async #standStill(): Promise<void> {
    await this.#held.standStill(() => !this.#isBusy)
    if (this.#failure) throw this.#failure
  }
}
