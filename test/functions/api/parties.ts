import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll } from 'vitest'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import { type Between, interpose } from '../../support/between.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startIssuer } from '../../support/tokens.ts'
import { createTestApi } from './test-api.ts'

export type Ask = {
  /** `operator`, `operator-2`, or the person's name. */
  who: string
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
  const engine = await startTestEngine()
  const name = await engine.createTable()
  let time = new Date('2026-11-23T12:00:00.000Z')
  const now = () => new Date(time)
  const issuer = await startIssuer(now)
  const between: Between = {}
  const verifyToken = createTokenVerifier(issuer.config)
  const failures: string[] = []
  const parties = new Map(['', ...lanes].map((lane) => [lane, startParty(lane)]))
  afterAll(async () => {
    for (const { client } of parties.values()) client.destroy()
    await issuer.close()
  })

  function startParty(lane: string) {
    const client = engine.connect()
    if (lane !== '') interpose(client, lane, between)
    const clock = { skew: 0 }
    const skewed = () => new Date(time.getTime() + clock.skew)
    const documents = DynamoDBDocumentClient.from(client, documentOptions)
    const table = openTable({ documents, name, now: skewed })
    const app = createTestApi(issuer, {
      table,
      verifyToken,
      now: skewed,
      log: (_level, message, fields) => {
        if (fields?.code === 'internal') failures.push(`${message} ${fields.error ?? ''}`)
      },
    })
    return { app, client, clock, documents, table }
  }

  const tokens = new Map<string, Promise<string>>()
  function tokenOf(who: string): Promise<string> {
    const token = tokens.get(who) ?? issuer.token(claimsOf(who))
    tokens.set(who, token)
    return token
  }

  const partyOf = (lane: string) => {
    const party = parties.get(lane)
    if (!party) throw new Error(`nobody is called ${lane}`)
    return party
  }

  async function ask(lane: string, { who, method, path, body, headers = {}, skew = 0 }: Ask): Promise<Told> {
    const { app, clock } = partyOf(lane)
    clock.skew = skew
    const response = await app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${await tokenOf(who)}`,
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
    /** Later, and with new tokens. */
    setTime(to: Date) {
      time = to
      tokens.clear()
    },
  }
}

export type Parties = Awaited<ReturnType<typeof startParties>>

function claimsOf(who: string): Record<string, unknown> {
  if (who.startsWith('operator')) return { sub: who, scope: 'operator', groups: ['operators'] }
  return { sub: who, email: mailOf(who), email_verified: true }
}
