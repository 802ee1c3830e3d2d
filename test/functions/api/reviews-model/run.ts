import { Random } from '../../../support/random.ts'
import { Run } from '../model/run.ts'
import type { Service } from '../model/service.ts'
import type { Model } from '../model/state.ts'
import { Book } from './book.ts'
import { grantsOf } from './grants.ts'
import { wrongWhileOpen } from './open-phase.ts'
import { Workers } from './workers.ts'

const types = /^(review|membership|server)\./

/** A run in which the worker of reviews is at work as well, write by write. */
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
      workers.tell(written.map(({ key }) => key))
      return book.follow(differences, events)
    })
    this.book = book
    this.workers = workers
    this.#model = model
    this.#service = service
  }

  /** So many writes, or all that there are. */
  async goOn(seed: number, most = Number.POSITIVE_INFINITY): Promise<void> {
    const random = new Random(seed)
    let isLeft = true
    for (let step = 0; step < most && isLeft; step++) {
      const next = async () => {
        isLeft = await this.workers.step(random)
      }
      await this.work('a step of the worker', next, types)
    }
  }

  async look(seed: number): Promise<void> {
    await this.work('the clock', () => this.workers.look(new Random(seed)), types)
  }

  async kill(seed: number): Promise<void> {
    this.book.noteKill()
    await this.work('a kill', () => this.workers.kill(new Random(seed)), types)
  }

  lose(): void {
    if (this.workers.isDrained) return
    this.book.noteLoss()
    this.workers.lose()
  }

  async recordUses(): Promise<void> {
    await this.work('uses', this.#service.recordUses, types)
  }

  /** Once the worker was told of everything, the items of each open review are what its customer's directory says. */
  async drain(seed: number): Promise<void> {
    await this.goOn(seed)
    const { book } = this
    await this.expect('all told', () =>
      this.#model.customers.flatMap((customer) => {
        const review = this.book.underWay(customer)
        if (!review || book.isOver(customer, review) || review.hasMissed) return []
        const { now } = this.#model
        const items = this.book.itemsOf(review)
        return wrongWhileOpen(review, { items, grants: grantsOf(customer, now), now })
      }),
    )
  }

  /** Time goes on until all reviews that are under way have come to their end. */
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
      await this.look(day)
      await this.drain(day)
      this.#model.now += 86_400_000
    }
    await this.expect('the end', left)
  }
}
