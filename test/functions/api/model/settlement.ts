import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { type Key, keys } from '../../../../shared/table/keys.ts'
import type { Action } from './action.ts'
import type { Who } from './caller.ts'
import { wrongIn } from './checks.ts'
import type { OrderEvent } from './commands/events.ts'
import type { Contents, Difference } from './contents.ts'
import { orphans, readDirectory } from './directory.ts'
import { learnIds } from './learn.ts'
import { isRefusal, type Outcome } from './outcome.ts'
import type { Customer, Model } from './state.ts'
import { untold } from './told.ts'

/** Told of everything that has changed, before the model is compared with it; returns what isn't as it should be. */
export type Listener = (differences: readonly Difference[], events: readonly AuditEvent[]) => string[]

/** Looks into the table after each command: throws with everything that isn't as it should be. */
export class Settlement {
  readonly #model: Model
  readonly #contents: Contents
  readonly #adminsChanged = new Map<string, string>()
  readonly #listen: Listener

  constructor(model: Model, contents: Contents, listen: Listener) {
    this.#model = model
    this.#contents = contents
    this.#listen = listen
  }

  /** What came of a command, which may have linked the login of who asked; returns the new audit events. */
  async settle(command: Action | OrderEvent, outcome: Outcome, who: Who): Promise<AuditEvent[]> {
    const differences = await this.#contents.readWritten()
    const events = newEvents(differences)
    const customer = command.customer ?? this.#model.customers.at(-1)
    if (!customer) throw new Error('there is a customer from the beginning on')
    const own = 'isOfNoCustomer' in command ? isDelivery : (each: Difference) => isOf(customer.id, each)
    const foreign = differences.filter((difference) => !own(difference))
    const count = (who.links ? 1 : 0) + (isRefusal(outcome) || outcome.isQuiet ? 0 : 1)
    report([
      ...foreign.map(({ key }) => `another customer's has changed: ${key.pk} ${key.sk}`),
      ...untold(differences, events),
      ...this.#listen(differences, events),
      ...('method' in command ? mistold(command, who, events) : []),
      ...(events.length === count ? [] : [`there are ${events.length} events instead of ${count}`]),
      ...(differences.some(({ key }) => !isDelivery({ key })) ? this.#wrongAt(customer) : []),
    ])
    return events
  }

  /** What a worker has done, perhaps at several customers; each of its batches has an event, of one of these types. */
  async settleWork(types: RegExp): Promise<void> {
    const differences = await this.#contents.readWritten()
    const events = newEvents(differences)
    const directory = differences.filter(({ key }) => !isOfReviews(key) && !key.pk.endsWith('#EVENTS'))
    report([
      ...events.filter(({ type }) => !types.test(type)).map(({ type }) => `an event ${type}`),
      ...untold(differences, events),
      ...this.#listen(differences, events),
      ...this.#model.customers
        .filter(({ id }) => directory.some((difference) => isOf(id, difference)))
        .flatMap((customer) => this.#wrongAt(customer)),
    ])
  }

  #wrongAt(customer: Customer): string[] {
    const directory = readDirectory(this.#contents.items, customer.id)
    if (!directory) return [`there is no customer ${customer.id}`]
    learnIds(customer, directory.present)
    const { changed } = directory.admins
    const isOlder = changed < (this.#adminsChanged.get(customer.id) ?? '')
    this.#adminsChanged.set(customer.id, changed)
    return [
      ...wrongIn(directory, customer, this.#model.now),
      ...orphans(this.#contents.items).map(
        ({ userId, resource }) => `${userId} and ${resource.id}: one is missing`,
      ),
      ...(isOlder ? ['the list of admins has become older'] : []),
    ]
  }
}

/** Who did it, and why, as the events have it. */
function mistold({ caller }: Action, { user }: Who, events: readonly AuditEvent[]): string[] {
  const by = caller.kind === 'operator' ? `operator:ops ${caller.reason}` : `user:${user?.id} undefined`
  return events
    .map(({ actor, reason }) => `${actor.kind}:${actor.id} ${reason}`)
    .filter((told) => told !== by)
    .map((told) => `the event is told of ${told} instead of ${by}`)
}

function report(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}

/** Throws if one that there was has changed. */
function newEvents(differences: readonly Difference[]): AuditEvent[] {
  const events = differences.filter(({ key: { pk }, after }) => after && pk.endsWith('#EVENTS'))
  if (events.some(({ before }) => before)) throw new Error('an audit event has changed')
  return events.map(({ after }) => after as Item & AuditEvent)
}

/** No part of the directory. */
const isOfReviews = ({ pk, sk }: Key) => /#R#|#USAGE$/.test(pk) || sk.startsWith('REVIEW')

const isDelivery = ({ key }: Pick<Difference, 'key'>) => key.pk.startsWith('D#')

function isOf(customerId: string, { key: { pk, sk } }: Difference): boolean {
  const own = keys.customer(customerId).pk
  return pk === own || pk.startsWith(`${own}#`) || (pk.startsWith('L#') && sk === customerId)
}
