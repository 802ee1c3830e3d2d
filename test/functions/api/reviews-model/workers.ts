import type { DynamoDBRecord } from 'aws-lambda'
import { toRecord } from '../../../../infra/local/change-stream/records.ts'
import type { Random } from '../../../support/random.ts'
import type { Service } from '../model/service.ts'
import { Lane } from './lane.ts'

/** Two instances of the worker of reviews, and what neither has been told of yet. */
export class Workers {
  readonly #service: Service
  readonly #now: () => number
  readonly #lanes: [Lane, Lane]
  readonly #handed = new Map<Lane, DynamoDBRecord[]>()
  #queue: DynamoDBRecord[] = []
  #sequence = 0n

  constructor(service: Service, now: () => number) {
    this.#service = service
    this.#now = now
    this.#lanes = [new Lane(service), new Lane(service)]
  }

  /** Audit events are what wakes the worker. */
  tell(keys: readonly { pk: string; sk: string }[]): void {
    for (const { pk, sk } of keys) {
      const written = { eventName: 'INSERT', keys: { pk, sk } } as const
      this.#queue.push(toRecord(written, ++this.#sequence, new Date(this.#now())))
    }
  }

  get isDrained(): boolean {
    return this.#queue.length === 0 && this.#lanes.every(({ isBusy }) => !isBusy)
  }

  /** What nobody has been told of yet is never told. */
  lose(): void {
    this.#queue = []
  }

  /** One write of one of them, or a beginning; false where there was nothing to do. */
  async step(random: Random): Promise<boolean> {
    const lane = random.pick(this.#lanes)
    if (lane.isBusy) await lane.step()
    else if (this.#queue.length > 0) await this.#handOver(lane, random)
    else if (this.#lanes.every(({ isBusy }) => !isBusy)) return false
    return true
  }

  /** Has the clock look. */
  async look(random: Random): Promise<void> {
    const lane = random.pick(this.#lanes)
    if (!lane.isBusy) await (random.chance(0.2) ? lane.pass() : lane.sweep())
  }

  /** One that is killed is replaced, and what it was told is told again. */
  async kill(random: Random): Promise<void> {
    const place = random.below(2)
    const lane = this.#lanes[place] ?? this.#lanes[0]
    await lane.kill(random.chance(0.5))
    this.#queue.unshift(...(this.#handed.get(lane) ?? []))
    this.#handed.delete(lane)
    this.#lanes[place] = new Lane(this.#service)
  }

  /** Some of what there is, in order; now and then once more later. */
  async #handOver(lane: Lane, random: Random): Promise<void> {
    const count = 1 + random.below(this.#queue.length)
    const records = this.#queue.slice(0, count)
    this.#queue = this.#queue.slice(random.chance(0.05) ? 0 : count)
    this.#handed.set(lane, records)
    await lane.handOver(records, (again) => {
      this.#queue.unshift(...again)
    })
    if (!lane.isBusy) this.#handed.delete(lane)
  }
}
