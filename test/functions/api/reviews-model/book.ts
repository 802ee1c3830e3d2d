import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import { asCustomer } from '../../../../shared/records/customers.ts'
import { itemId, type ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { asReview, asReviewItem } from '../../../../shared/reviews/store.ts'
import { keys, reviewPartition } from '../../../../shared/table/keys.ts'
import type { Contents, Difference } from '../model/contents.ts'
import type { Listener } from '../model/settlement.ts'
import type { Customer, Model } from '../model/state.ts'
import { closingErrors } from './at-closing.ts'
import { PolicyHistory } from './policy-history.ts'
import { grantsOf, isIn, type Scope } from './grants.ts'
import type { Review } from './state.ts'
import { recordRevocation } from './revoking.ts'

/** Allowed transitions. */
const next: Record<Review['state'], readonly Review['state'][]> = {
  opening: ['opening', 'open', 'cancelled'],
  open: ['open', 'applying', 'cancelled'],
  applying: ['applying', 'closed'],
  closed: [],
  cancelled: [],
}

type Stored = NonNullable<ReturnType<typeof asReview>>

const isTaken = ({ decision, until }: NonNullable<ReviewItem['outcome']>): boolean =>
  decision !== 'keep' || until !== undefined

/** All reviews of a run, and the policies by which they are judged. */
export class Book {
  readonly reviews: Review[] = []
  readonly #policies = new Map<string, PolicyHistory>()
  /** Scope requested for a customer's next review. */
  readonly scopes = new Map<string, Scope>()
  readonly #model: Model
  readonly #contents: Contents

  /** `isDrained`: the worker has handled all events. */
  readonly isDrained: () => boolean

  constructor(model: Model, contents: Contents, isDrained: () => boolean) {
    this.#model = model
    this.#contents = contents
    this.isDrained = isDrained
  }

  policiesOf({ id }: Pick<Customer, 'id'>): PolicyHistory {
    const policies = this.#policies.get(id) ?? new PolicyHistory()
    this.#policies.set(id, policies)
    return policies
  }

  /** True once no decision counts any more, whatever state the review is in. */
  isOver(customer: Customer, { state, endsAt, pausedAt }: Review): boolean {
    if (state !== 'open' || endsAt === undefined || this.#model.now < endsAt) return state !== 'open'
    const stoppedAt = pausedAt ?? (customer.status === 'suspended' ? this.#suspendedAt(customer) : undefined)
    return stoppedAt === undefined || stoppedAt >= endsAt
  }

  #suspendedAt({ id }: Customer): number | undefined {
    const { pk, sk } = keys.customer(id)
    const found = [...this.#contents.items.values()].find((item) => item.pk === pk && item.sk === sk)
    const stamp = asCustomer(found)?.stamps.status
    return stamp === undefined ? undefined : Date.parse(stamp.slice(0, stamp.indexOf('#')))
  }

  of(customer: Customer): Review[] {
    return this.reviews.filter(({ customerId }) => customerId === customer.id)
  }

  underWay(customer: Customer): Review | undefined {
    return this.of(customer).find(({ state }) => next[state].length > 0)
  }

  /** The items in the table, by id. */
  itemsOf({ customerId, id }: Review): Map<string, ReviewItem> {
    const pk = reviewPartition(customerId, id)
    const mine = [...this.#contents.items.values()].filter((item) => item.pk === pk)
    const items = mine.map(asReviewItem).filter((item) => item !== undefined)
    return new Map(items.map((item) => [itemId(item), item]))
  }

  /** Returns what keeps a review under way from its end. */
  leftOf(review: Review): string[] {
    if (next[review.state].length === 0) return []
    const left = [...this.itemsOf(review)].filter(([, { state }]) => state !== 'verified' && state !== 'gone')
    return [
      `review ${review.id} is ${review.state}`,
      ...left.map(([id, { state, problem }]) => `${id} is ${state}: ${problem}`),
    ]
  }

  /** Records that a worker was killed, at any point. */
  recordKill(): void {
    for (const review of this.reviews) review.mayBeOutdated ||= next[review.state].length > 0
  }

  /** Records that events were lost. */
  recordLoss(): void {
    for (const review of this.reviews) review.hasLostEvents ||= next[review.state].length > 0
  }

  /** Counts the results that a run is for. */
  counts() {
    const closed = this.reviews.filter(({ state }) => state === 'closed')
    const items = closed.flatMap((review) => [...this.itemsOf(review).values()])
    const outcomes = items.map(({ outcome }) => outcome).filter((outcome) => outcome !== undefined)
    const decided = outcomes.filter(({ by }) => by === 'decision')
    return {
      closed: closed.length,
      kept: decided.filter((each) => !isTaken(each)).length,
      taken: decided.filter(isTaken).length,
      takenByDefault: outcomes.filter((each) => each.by === 'default' && isTaken(each)).length,
    }
  }

  /** Follows the states of reviews and their revocations; returns those that are wrong. */
  readonly follow: Listener = (differences, events) => {
    const wrong = this.#follow(differences, events)
    for (const review of this.reviews.filter(({ state, isCapped }) => state === 'applying' && !isCapped)) {
      const customer = this.#model.customers.find(({ id }) => id === review.customerId)
      if (customer) review.mostHeld = Math.max(review.mostHeld, this.#grantsOf(customer).size)
    }
    return wrong
  }

  readonly #follow: Listener = (differences, events) => [
    ...differences
      .filter(({ key, before, after }) => key.sk.startsWith('REVIEW#') && (before ?? after))
      .flatMap((each) => this.#move(each)),
    ...events
      .filter(({ actor }) => actor.kind === 'review')
      .flatMap((event) => this.#recordRevocation(event)),
  ]

  #move({ before, after }: Difference): string[] {
    const [was, is] = [asReview(before), asReview(after)]
    const customer = this.#model.customers.find(({ id }) => id === is?.customerId)
    if (!is || !customer) return ['a review is gone']
    const known = this.reviews.find(({ id }) => id === is.id)
    const review = known ?? this.#begin(customer, is)
    const from = review.state
    review.state = is.state
    review.endsAt = is.endsAt === undefined ? undefined : Date.parse(is.endsAt)
    review.pausedAt = is.pausedAt === undefined ? undefined : Date.parse(is.pausedAt)
    const wrong = known && !next[from].includes(is.state) ? [`a review went from ${from} to ${is.state}`] : []
    if (is.state !== from && is.state === 'applying') wrong.push(...this.#end(customer, review, is))
    if (is.brake && !was?.brake) {
      review.isCapped = true
      review.limit = this.policiesOf(customer).limitAt(this.#model.now, review.mostHeld, review.policy)
    }
    if (is.state === 'closed') {
      const items = this.itemsOf(review)
      wrong.push(...closingErrors(review, { items, grants: this.#grantsOf(customer), outcomes: is.outcomes }))
    }
    return wrong
  }

  #begin(customer: Customer, { id, startedAt }: Pick<Stored, 'id' | 'startedAt'>): Review {
    const policy = this.policiesOf(customer).policyAt(Date.parse(startedAt))
    const scope = this.scopes.get(customer.id) ?? policy.scope
    this.scopes.delete(customer.id)
    const review: Review = {
      id,
      customerId: customer.id,
      state: 'opening',
      policy: { ...policy, scope },
      decisions: new Map(),
      mayBeOutdated: false,
      hasLostEvents: false,
      mostHeld: 0,
      isCapped: false,
      limit: 0,
      taken: 0,
    }
    this.reviews.push(review)
    return review
  }

  /** Records the end of the time for decisions. */
  #end(customer: Customer, review: Review, { appliedBy, endsAt = '' }: Stored): string[] {
    const held = this.#grantsOf(customer)
    const { scope } = review.policy
    const inScope = [...held].filter(([, grant]) => scope.unusedDays === undefined && isIn(scope, grant))
    review.mostHeld = held.size
    review.ended = { held, inScope: new Set(inScope.map(([id]) => id)) }
    const isEarly = appliedBy?.kind === 'system' && Date.parse(endsAt) > this.#model.now
    return isEarly ? ['the clock has ended a review before its time'] : []
  }

  #recordRevocation({ actor, changes }: AuditEvent): string[] {
    const review = this.reviews.find(({ id }) => id === actor.id)
    const customer = this.#model.customers.find(({ id }) => id === review?.customerId)
    if (!review || !customer) return [`there is no review ${actor.id}`]
    return changes
      .filter(({ resource: { type } }) => type === 'membership' || type === 'assignment')
      .flatMap(({ resource }) => {
        const [resourceId, userId] = resource.id.split('/')
        const id = `${userId}.${resource.type === 'membership' ? 'project' : 'server'}.${resourceId}`
        const grant = this.#grantsOf(customer).get(id)
        const item = this.itemsOf(review).get(id)
        const { outcome } = item ?? {}
        if (outcome?.by === 'default') this.policiesOf(customer).lose(this.#model.now)
        return recordRevocation(this.#model, customer, review, { id, grant, item })
      })
  }

  #grantsOf(customer: Customer) {
    return grantsOf(customer, this.#model.now)
  }
}
