import { Random } from '../../../support/random.ts'
import { Run } from '../model/run.ts'
import type { Service } from '../model/service.ts'
import type { Model } from '../model/state.ts'
import { Book } from './book.ts'
import { grantsOf } from './grants.ts'
import { openReviewErrors } from './open-phase.ts'
import { Workers } from './workers.ts'

const types = /^(review|membership|server)\./

/** A run with the reviews worker beside it, write by write. */
export class ReviewRun extends Run {
  readonly book: Book
  readonly workers: Workers
  readonly #model: Model
  readonly #service: Service

  constructor(model: Model, service: Service) {
    const workers = new Workers(service, () => model.now)
    const book = new Book(model, service.contents, () => workers.isDrained)
    super(model, service, (differences, events) => {
      const written = differences.filter(({ key, after }) => after && key.pk.endsWith('#EVENTS'))
      if (written.length !== events.length) throw new Error('there are events of nobody')
      workers.enqueue(written.map(({ key }) => key))
      return book.follow(differences, events)
    })
    this.book = book
    this.workers = workers
    this.#model = model
    this.#service = service
  }

  /** Does so many writes, or all. */
  async runSteps(seed: number, most = Number.POSITIVE_INFINITY): Promise<void> {
    const random = new Random(seed)
    let isLeft = true
    for (let step = 0; step < most && isLeft; step++) {
      const next = async () => {
        isLeft = await this.workers.step(random)
      }
      await this.work('a step of the worker', next, types)
    }
  }

  async runClock(seed: number): Promise<void> {
    await this.work('the clock', () => this.workers.runClock(new Random(seed)), types)
  }

  async kill(seed: number): Promise<void> {
    this.book.recordKill()
    await this.work('a kill', () => this.workers.kill(new Random(seed)), types)
  }

  lose(): void {
    if (this.workers.isDrained) return
    this.book.recordLoss()
    this.workers.lose()
  }

  async recordUses(): Promise<void> {
    await this.work('uses', this.#service.recordUses, types)
  }

  /** Lets the worker handle all events, after which the items of each open review agree with the directory. */
  async drain(seed: number): Promise<void> {
    await this.runSteps(seed)
    const { book } = this
    await this.expect('all events handled', () =>
      this.#model.customers.flatMap((customer) => {
        const review = this.book.underWay(customer)
        if (!review || book.isOver(customer, review) || review.hasLostEvents) return []
        const { now } = this.#model
        const items = this.book.itemsOf(review)
        return openReviewErrors(review, { items, grants: grantsOf(customer, now), now })
      }),
    )
  }

  /** Moves the clock until all reviews under way have ended. */
  async finish(): Promise<void> {
    const { customers } = this.#model
    const reviews = customers
      .map((customer) => this.book.underWay(customer))
      .filter((each) => each !== undefined)
    const left = () => reviews.flatMap((review) => this.book.leftOf(review))
    for (let day = 1; day < 30 && left().length > 0; day++) {
      for (const customer of customers.filter(({ status }) => status === 'suspended')) {
        const apply = () => void (customer.status = 'active')
        const plan = () => ({ status: 200, apply }) as const
        this.#model.now += 60_000
        await this.hear({ customer, type: 'customer.resumed', data: { customerId: customer.id }, plan })
      }
      await this.runClock(day)
      await this.drain(day)
      this.#model.now += 86_400_000
    }
    await this.expect('the end', left)
  }
}
