import { hash } from 'node:crypto'
import type { ApiDeps } from '../../../functions/api/app.ts'
import type { Message } from '../../../functions/notifications/notifier.ts'
import { streamFilters as mailFilters } from '../../../functions/notifications/stream-filter.ts'
import { createNotifications } from '../../../functions/notifications/worker.ts'
import { streamFilters } from '../../../functions/reviews/stream-filter.ts'
import { createReviews } from '../../../functions/reviews/worker.ts'
import { openChangeStream } from '../../../infra/local/change-stream/change-stream.ts'
import { createOptOutTokens } from '../../../shared/auth/opt-out-token.ts'
import { findByEmail } from '../../../shared/directory/facts/decision-facts.ts'
import { asClaim } from '../../../shared/records/claims.ts'
import { createReportKeys } from '../../../shared/reviews/report/keys.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { reportKey } from '../../support/report-key.ts'
import { itemsIn } from '../../support/table-copies.ts'
import { type Base, check, nobody, operator, startBase } from './base.ts'
import { canonical } from './model/lines.ts'
import { applyEvent, createTestApi, createUncheckedApi, deliver, publicUrl } from './test-api.ts'

export { publicUrl }
export const optOut = createOptOutTokens('a secret of the messages')

export type Fact = [type: string, data: Record<string, unknown>]
/** `writes`: items of a transaction. */
export type Sent = { operation: string; units: number; writes: number }
/** What JSON answers have; a list's items and its cursor by name. */
export type Body = { items: Record<string, unknown>[]; nextCursor?: string } & Record<string, unknown>
export type Answer = { status: number; headers: Headers; body: Body; text: string }

export type WorldOptions = {
  /** Whether projects are kept in OpenStack too. Nobody is at work there but the test. */
  openstack?: boolean
  /** Whether the worker of reviews is told what changes. */
  reviews?: boolean
  /** Whether messages are sent; they are collected. */
  mail?: boolean
  /** Who is told what is made use of; nobody unless told. */
  used?: ApiDeps['used']
  /** Of web pages whose scripts may use the API. */
  corsOrigins?: string[]
  /** Who is told which users use tokens of their own. */
  seen?: ApiDeps['seen']
  /** The secret that reports are signed with. */
  reportKeys?: string
  /** Whether the test looks at the answers itself. */
  isUnchecked?: boolean
  /** Engine, clock and issuer of another one. */
  base?: Base
  /** Stands between the service and its table. */
  interpose?: (table: Table) => Table
}

/** The API over an empty table, with an issuer whose tokens it takes and a clock that stands still unless told. */
export async function startWorld({
  openstack = false,
  reviews: follows = false,
  mail = false,
  used,
  corsOrigins,
  seen,
  reportKeys = reportKey,
  isUnchecked = false,
  base: given,
  interpose = (table) => table,
}: WorldOptions = {}) {
  const base = given ?? (await startBase())
  const { engine, issuer, now, setTime, tokenOf } = base
  let count = 0
  const { client, documents, open } = base.connect()
  const sent: Sent[] = []
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (typeof args.input === 'object') Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' })
      const result = await next(args)
      const { ConsumedCapacity = [] } = result.output as { ConsumedCapacity?: object | object[] }
      const units = [ConsumedCapacity].flat().map((each) => Number(Reflect.get(each, 'CapacityUnits') ?? 0))
      const { TransactItems: { length: writes } = [] } = args.input as { TransactItems?: object[] }
      sent.push({ operation: String(context.commandName), units: units.reduce((a, b) => a + b, 0), writes })
      return result
    },
    { step: 'initialize' },
  )
  const tableName = await engine.createTable()
  const table = interpose(open(tableName))
  const lines: { level: string; message: string; fields: LogFields | undefined }[] = []
  const log = (level: string, message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields })
  const readAll = () => itemsIn(engine, tableName)
  const tick = () => setTime(now().getTime() + 1)
  const reviews = createReviews({ table, log, openstack })
  const stream = openChangeStream(client, { now, log })
  if (follows) stream.subscribe({ handle: reviews.onStream, filters: streamFilters })
  const messages: Message[] = []
  const notifications = createNotifications({
    table,
    notifier: async (message) => void messages.push(message),
    optOut,
    publicUrl,
    log,
  })
  let isMailTold = mail
  const tellMail: typeof notifications.onStream = async (records) =>
    isMailTold ? notifications.onStream(records) : { batchItemFailures: [] }
  stream.subscribe({ handle: tellMail, filters: mailFilters })
  const app = (isUnchecked ? createUncheckedApi : createTestApi)(issuer, {
    table,
    verifyToken: base.verifyToken,
    now,
    log,
    sources: ['orders', 'panel'],
    corsOrigins,
    openstack,
    mail,
    optOut: async () => optOut,
    used,
    seen,
    reportKeys: createReportKeys(async () => reportKeys, now),
  })

  /** Applies an event of the order system as it counts now, each a millisecond after the one before. */
  async function event(type: string, data: Record<string, unknown>): Promise<void> {
    tick()
    const id = `evt_${String(++count).padStart(6, '0')}`
    const isApplied = await applyEvent(table, { id, type, data, at: now() }, openstack)
    if (!isApplied) throw new Error(`${type} changed nothing`)
  }

  async function ask(path: string, token?: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers)
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    const response = await app.request(path, { ...init, headers })
    const text = await response.text()
    const isJson = text !== '' && /[/+]json$/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : { items: [] }) as Body,
      text,
    }
  }

  const send = (
    method: string,
    path: string,
    token: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ) =>
    ask(path, token, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

  return {
    app,
    table,
    tableName,
    documents,
    /** Everything in the table, read by a connection whose requests aren't counted. */
    readAll,
    /** Tells whether anything in the table has changed. */
    digest: async (): Promise<string> => {
      const items = (await readAll()).map(canonical)
      return `${items.length} items, ${hash('sha256', items.sort().join('\n'))}`
    },
    tokenOf,
    endpoint: engine.endpoint,
    /** Whether a worker reads what changes. */
    isFollowed: follows || mail,
    issuer,
    sent,
    lines,
    reviews,
    messages,
    notifications,
    /** Whether the worker of messages is told what is new; its sweeper finds the rest. */
    setMail: (isTold: boolean) => {
      isMailTold = isTold
    },
    /** Until everybody who is told of changes has done what there is to do. */
    settle: () => stream.drain(),
    event,
    /** For events that have nothing to do with each other. */
    eventsAtOnce: (events: readonly Fact[]) => Promise.all(events.map(([type, data]) => event(type, data))),
    ask,
    /** Any request; a body that isn't a text goes as JSON. */
    send,
    now,
    setTime,
    post: (path: string, token: string | undefined, body: unknown, headers: Record<string, string> = {}) =>
      send('POST', path, token, body, headers),
    deliver: (id: string, type: string, data: Record<string, unknown>, source?: string) => {
      tick()
      return deliver(table, { id, type, data, at: now() }, source)
    },
    operator: () => tokenOf(operator),
    check: () => tokenOf(check),
    nobody: () => tokenOf(nobody),
    /** A person's token: the subject is the address, which is verified unless told. */
    person: (email: string, claims: Record<string, unknown> = {}) =>
      tokenOf({ sub: email, email, email_verified: true, ...claims }),
    async userId(customerId: string, email: string): Promise<string> {
      const id = await findByEmail(table, customerId, email)
      if (id === undefined) throw new Error(`${email} is nobody at ${customerId}`)
      return id
    },
    async projectId(customerId: string, nameKey: string): Promise<string> {
      const claim = asClaim(await table.get(keys.projectName(customerId, nameKey)))
      const id = claim?.holders.find(({ until }) => until === undefined)?.id
      if (id === undefined) throw new Error(`there is no project ${nameKey}`)
      return id
    },
    /** What was sent to the database while doing this. */
    async requestsOf(work: () => Promise<unknown>): Promise<Sent[]> {
      const before = sent.length
      await work()
      return sent.slice(before)
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>
