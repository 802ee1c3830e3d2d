import type { DynamoDBRecord } from 'aws-lambda'
import { createReviews } from '../../../../functions/reviews/worker.ts'
import type { Service } from '../model/service.ts'
import { PausedTable } from './paused-table.ts'

/** One instance of the reviews worker, which does one thing at a time, write by write. */
export class Lane {
  readonly #paused: PausedTable
  readonly #reviews: ReturnType<typeof createReviews>
  #isBusy = false
  #failure: Error | undefined

  constructor({ table, log }: Pick<Service, 'table' | 'log'>) {
    const paused = new PausedTable(table)
    this.#paused = paused
    this.#reviews = createReviews({
      table: paused.table,
      log: (level, message, fields) => {
        if (!paused.isDead) log(level, message, fields)
      },
    })
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** `again` gets the records that have to be delivered once more. */
  deliver(records: DynamoDBRecord[], again: (records: DynamoDBRecord[]) => void): Promise<void> {
    return this.#begin(async () => {
      const { batchItemFailures } = await this.#reviews.onStream({ Records: records })
      if (batchItemFailures.length > 0) again(records)
    })
  }

  /** Runs all that is due, like the schedule. */
  sweep(): Promise<void> {
    return this.#begin(() => this.#reviews.sweep())
  }

  /** Begins schedules of new customers, like the schedule. */
  pass(): Promise<void> {
    return this.#begin(() => this.#reviews.beginSchedules())
  }

  /** Does the next write, and runs up to the one after. */
  async step(): Promise<void> {
    await this.#paused.release()
    await this.#waitUntilIdle()
  }

  /** Kills the worker for good. */
  async kill(lastHasEffect: boolean): Promise<void> {
    await this.#paused.kill(lastHasEffect)
    await this.#waitUntilIdle()
  }

  async #begin(work: () => Promise<unknown>): Promise<void> {
    this.#isBusy = true
    void work()
      .catch((error: unknown) => {
        if (!this.#paused.isDead) this.#failure = new Error('the worker has failed', { cause: error })
      })
      .finally(() => (this.#isBusy = false))
    await this.#waitUntilIdle()
  }

  async #waitUntilIdle(): Promise<void> {
    await this.#paused.waitUntilIdle(() => !this.#isBusy)
    if (this.#failure) throw this.#failure
  }
}
