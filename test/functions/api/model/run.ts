import { isDeepStrictEqual } from 'node:util'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import { dateOf, instantOfStamp } from '../../../../shared/domain/values/instant.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { type Action, predict } from './action.ts'
import { type Who, whoIs } from './caller.ts'
import { operator, titleOf } from './callers.ts'
import type { OrderEvent } from './commands/events.ts'
import { comparable } from './comparable.ts'
import { idsOf } from './learn.ts'
import { isRefusal, type Outcome, statusOf } from './outcome.ts'
import type { Reply, Service } from './service.ts'
import { type Listener, Settlement } from './settlement.ts'
import type { Customer, Model } from './state.ts'

/** A model and a service side by side: each command goes to both, and both have to end up the same. */
export class Run {
  readonly #model: Model
  readonly #service: Service
  readonly #settlement: Settlement
  readonly #trail: string[] = []
  /** Changing requests so far, dry runs not counted. */
  sent = 0

  constructor(model: Model, service: Service, listen: Listener = () => []) {
    this.#model = model
    this.#service = service
    this.#settlement = new Settlement(model, service.contents, listen)
  }

  /** A request, and the same as a dry run before it, which writes nothing and tells what the real one then does. */
  async send(action: Action): Promise<void> {
    await this.#following(titleOf(action), async () => {
      const who = this.#identify(action)
      const outcome = predict(this.#model, action)
      const ifMatch = await this.#tagFor(action, who)
      const { method, path, caller, body } = action
      const ask = (query: string) => this.#service.ask(method, `${path}${query}`, caller, { body, ifMatch })
      const known = idsOf(this.#model.customers)
      const dry = this.#triesFirst(action, who) ? await this.#try(ask, outcome, action, who) : undefined
      const reply = await ask('')
      expectReply(reply, outcome)
      if (!isRefusal(outcome)) outcome.apply()
      const events = await this.#settlement.settle(action, outcome, who)
      if (dry && !isRefusal(outcome)) expectSame(dry, told(reply, events), known)
      if (method !== 'GET') this.sent++
    })
  }

  /** An event of the order system, between what people do. */
  async hear(event: OrderEvent): Promise<void> {
    await this.#following(`event ${event.type} ${JSON.stringify(event.data)}`, async () => {
      const outcome = event.plan()
      const answered = await this.#service.event(event.type, event.data).then(() => 'applied', codeOf)
      const expected = isRefusal(outcome) ? outcome.code : 'applied'
      if (answered !== expected) throw new Error(`it is ${answered} instead of ${expected}`)
      if (!isRefusal(outcome)) outcome.apply()
      await this.#settlement.settle(event, outcome, { links: false })
    })
  }

  /** The clean-up takes away what nobody sees any more. */
  async cleanUp(): Promise<void> {
    await this.work('the clean-up', this.#service.cleanUp, /^grants\.removed$/)
  }

  /** What a worker does, whose events are of these types. */
  async work(title: string, work: () => Promise<unknown>, types: RegExp): Promise<void> {
    await this.#following(title, async () => {
      await work()
      await this.#settlement.settleWork(types)
    })
  }

  /** Throws with what isn't as it should be, and what came before. */
  async expect(title: string, wrong: () => string[]): Promise<void> {
    await this.#following(title, async () => {
      const found = wrong()
      if (found.length > 0) throw new Error(found.join('\n'))
    })
  }

  /** When the newest word about a pair counts, in milliseconds. */
  newestWordAt({ id }: Customer): number {
    const own = keys.user(id, '').pk
    const words = [...this.#service.contents.items.values()].filter(
      ({ pk, sk }) => pk.startsWith(own) && sk.startsWith('GRANT#'),
    )
    return Math.max(0, ...words.map(({ stamp }) => dateOf(instantOfStamp(String(stamp))).getTime()))
  }

  /** That nothing has changed but what was seen to be written. */
  async compareAll(): Promise<void> {
    await this.#following('the whole table', async () => {
      const { contents } = this.#service
      if (!isDeepStrictEqual(await contents.readAll(), contents.items)) throw new Error('it has changed')
    })
  }

  /** Who is asking. The first request of a login that was invited links it, whatever comes of the request. */
  #identify({ caller, customer, needs }: Action): Who {
    if (caller.kind !== 'person' || !customer || needs.right === 'any operator') return { links: false }
    const who = whoIs(this.#model, customer, caller)
    if (who.links && who.user) {
      who.user.login = caller.subject
      who.user.logins++
      // A link begins anew each time: only its time tells that it comes after the one before.
      this.#model.now++
    }
    return who
  }

  /** Of requests that link, every second one is the login's very first, without a dry run before. */
  #triesFirst({ method }: Action, { links }: Who): boolean {
    return method !== 'GET' && (!links || this.#model.turn % 2 === 0)
  }

  async #try(
    ask: (query: string) => Promise<Reply>,
    outcome: Outcome,
    { caller }: Action,
    { links, user }: Who,
  ): Promise<Reply> {
    const { contents } = this.#service
    const before = contents.writes
    const reply = await ask('?dryRun=true')
    // A login that shows the user's address to be its own may be remembered to have done so.
    const isShown = caller.kind === 'person' && caller.isVerified && caller.email === user?.email
    if (contents.writes > before + (links || isShown ? 1 : 0)) throw new Error('the dry run writes')
    expectReply(reply, isRefusal(outcome) ? outcome : { ...outcome, status: 200 })
    return reply
  }

  async #tagFor({ ifMatch, caller, customer }: Action, { links }: Who) {
    if (!ifMatch || ifMatch.mode === 'none') return undefined
    if (ifMatch.mode === 'any') return '*'
    if (ifMatch.mode !== 'right') return ifMatch.mode === 'wrong' ? '"another"' : 'no tag'
    // Linking changes the user, and it may be the user's ETag.
    if (links && customer) await this.#service.ask('GET', `/v1/customers/${customer.id}`, caller)
    const { etag } = await this.#service.ask('GET', ifMatch.path, operator)
    return etag ?? '"nothing"'
  }

  async #following(title: string, work: () => Promise<void>): Promise<void> {
    const said = `${new Date(this.#model.now).toISOString()} ${title}`
    try {
      await work()
      if (this.#service.errors.length > 0) throw new Error(this.#service.errors.join('\n'))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${reason}\nat ${said}\nafter\n${this.#trail.join('\n')}`, { cause: error })
    }
    this.#trail.push(said)
  }
}

function expectReply({ status, code }: Reply, outcome: Outcome): void {
  const expected = isRefusal(outcome) ? `${statusOf[outcome.code]} ${outcome.code}` : `${outcome.status}`
  const answered = code === undefined ? `${status}` : `${status} ${code}`
  if (answered !== expected) throw new Error(`answered ${answered} instead of ${expected}`)
}

/** What the event of this very request lists; nothing where nothing has changed. */
function told({ requestId }: Reply, events: readonly AuditEvent[]): unknown {
  const event = events.find((each) => each.type !== 'login.linked' && each.requestId === requestId)
  return event?.changes ?? []
}

function expectSame({ changes }: Reply, listed: unknown, known: ReadonlySet<string>): void {
  const [shown, happened] = [changes, listed].map((each) => comparable(each, known))
  if (shown !== happened) throw new Error(`the dry run shows ${shown}\nand the event lists ${happened}`)
}

function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code
  throw error
}
