import { type Between, interpose } from '../../support/between.ts'
import { operator, startBase } from './base.ts'
import { createTestApi } from './test-api.ts'
import { startWorld } from './world.ts'

export type Ask = {
  /** `operator`, `operator-2`, or the person's name; or the token. */
  who?: string
  token?: string | undefined
  method: string
  path: string
  body?: unknown
  headers?: Record<string, string>
  /** How far the clock of the Lambda that takes it is ahead, in milliseconds. */
  skew?: number
}
export type Told = {
  status: number
  text: string
  /** `undefined` where the answer has no JSON. */
  body: Record<string, unknown> | undefined
  etag: string | undefined
  location: string | undefined
}

export const mailOf = (name: string) => `${name}@people.example`

/**
 * Several Lambdas of the API over one table, each with its own clock and its own connection, between which and the
 * engine `between` stands; and one, `''`, that nobody interferes with.
 */
export async function startParties(lanes: readonly string[]) {
  const base = await startBase()
  const { issuer, verifyToken, now } = base
  const world = await startWorld({ base })
  const name = world.tableName
  const between: Between = {}
  const failures: string[] = []
  const parties = new Map(['', ...lanes].map((lane) => [lane, startParty(lane)]))

  function startParty(lane: string) {
    const clock = { skew: 0 }
    const skewed = () => new Date(now().getTime() + clock.skew)
    const { client, documents, open } = base.connect(skewed)
    if (lane !== '') interpose(client, lane, between)
    const table = open(name)
    const app = createTestApi(issuer, {
      table,
      verifyToken,
      now: skewed,
      log: (_level, message, fields) => {
        if (fields?.code === 'internal') failures.push(`${message} ${fields.error ?? ''}`)
      },
    })
    return { app, clock, documents, table }
  }

  const partyOf = (lane: string) => {
    const party = parties.get(lane)
    if (!party) throw new Error(`nobody is called ${lane}`)
    return party
  }

  async function ask(
    lane: string,
    { who = '', token, method, path, body, headers = {}, skew = 0 }: Ask,
  ): Promise<Told> {
    const { app, clock } = partyOf(lane)
    clock.skew = skew
    const response = await app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${token ?? (await base.tokenOf(claimsOf(who)))}`,
        ...(who.startsWith('operator') && { 'x-reason': 'because' }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined,
      etag: response.headers.get('etag') ?? undefined,
      location: response.headers.get('location') ?? undefined,
    }
  }

  return {
    world,
    between,
    /** Errors that were answered with a 500. */
    failures,
    documents: partyOf('').documents,
    table: partyOf('').table,
    name,
    /** As that Lambda reaches it. */
    tableOf: (lane: string) => partyOf(lane).table,
    now,
    ask,
    /** Of what is there now. */
    etagAt: async (path: string): Promise<string | undefined> =>
      (await ask('', { who: 'operator', method: 'GET', path })).etag,
    setTime: base.setTime,
  }
}

export type Parties = Awaited<ReturnType<typeof startParties>>

function claimsOf(who: string): Record<string, unknown> {
  if (who.startsWith('operator')) return { sub: who, scope: operator.scope, groups: ['operators'] }
  return { sub: who, email: mailOf(who), email_verified: true }
}
