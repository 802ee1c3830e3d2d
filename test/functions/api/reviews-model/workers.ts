import type { DynamoDBRecord } from 'aws-lambda'
import { toRecord } from '../../../../infra/local/change-stream/records.ts'
import type { Random } from '../../../support/random.ts'
import type { Service } from '../model/service.ts'
import { Lane } from './lane.ts'

/** Two instances of the reviews worker, and the queue of records that neither has handled. */
export class Workers {
  readonly #service: Service
  readonly #now: () => number
  readonly #lanes: [Lane, Lane]
  readonly #delivered = new Map<Lane, DynamoDBRecord[]>()
  #queue: DynamoDBRecord[] = []
  #sequence = 0n

  constructor(service: Service, now: () => number) {
    this.#service = service
    this.#now = now
    this.#lanes = [new Lane(service), new Lane(service)]
  }

  /** Queues audit events, which trigger the worker. */
  enqueue(keys: readonly { pk: string; sk: string }[]): void {
    for (const { pk, sk } of keys) {
      const written = { eventName: 'INSERT', keys: { pk, sk } } as const
      this.#queue.push(toRecord(written, ++this.#sequence, new Date(this.#now())))
    }
  }

  get isDrained(): boolean {
    return this.#queue.length === 0 && this.#lanes.every(({ isBusy }) => !isBusy)
  }

  /** Loses all queued records. */
  lose(): void {
    this.#queue = []
  }

  /** Does one write of one worker, or delivers records; false if there was nothing to do. */
  async step(random: Random): Promise<boolean> {
    const lane = random.pick(this.#lanes)
    if (lane.isBusy) await lane.step()
    else if (this.#queue.length > 0) await this.#deliver(lane, random)
    else if (this.#lanes.every(({ isBusy }) => !isBusy)) return false
    return true
  }

  /** Runs one of the schedules. */
  async runClock(random: Random): Promise<void> {
    const lane = random.pick(this.#lanes)
    if (!lane.isBusy) await (random.chance(0.2) ? lane.pass() : lane.sweep())
  }

  /** Kills one worker and replaces it; its records are delivered again. */
  async kill(random: Random): Promise<void> {
    const place = random.below(2)
    const lane = this.#lanes[place] ?? this.#lanes[0]
    await lane.kill(random.chance(0.5))
    this.#queue.unshift(...(this.#delivered.get(lane) ?? []))
    this.#delivered.delete(lane)
    this.#lanes[place] = new Lane(this.#service)
  }

  /** Delivers some records in order, now and then twice. */
  async #deliver(lane: Lane, random: Random): Promise<void> {
    const count = 1 + random.below(this.#queue.length)
    const records = this.#queue.slice(0, count)
    this.#queue = this.#queue.slice(random.chance(0.05) ? 0 : count)
    this.#delivered.set(lane, records)
    await lane.deliver(records, (again) => {
      this.#queue.unshift(...again)
    })
    if (!lane.isBusy) this.#delivered.delete(lane)
  }
}
