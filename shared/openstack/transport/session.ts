import * as v from 'valibot'
import { type ResponseContext, jsonFrom, parseAs } from './answer.ts'
import { type KeystoneConfig, secretOf, tokenRequest, variablesOf } from './config.ts'
import { discover } from './discovery.ts'
import { Catalog, identityEndpoint } from './endpoint.ts'
import { isKeystoneError, KeystoneError } from './errors.ts'
import { type Retry, withRetries } from './retry.ts'
import type { Transport } from './transport.ts'

export type Token = {
  text: string
  /** Base URL of requests with it, ending in `/v3`. */
  endpoint: string
}

type Session = {
  /**
   * Returns a valid token, and requests one if there is none; concurrent callers share the request. Throws a
   * `KeystoneError`.
   */
  token: () => Promise<Token>
  /** After Keystone's refusal: the next caller gets another token. */
  discard: (token: Token) => void
}

type SessionOptions = { config: KeystoneConfig; transport: Transport; retry: Retry; now: () => Date }

/** Milliseconds before its expiry at which a token is renewed, or a third of its lifetime if that is shorter. */
const longestMargin = 60_000
/** Milliseconds in which a refused credential isn't tried again: repeated failures can lock the account. */
const refusalMilliseconds = 30_000

const Issued = v.object({
  token: v.object({ issued_at: v.string(), expires_at: v.string(), catalog: Catalog }),
})

export function createSession({ config, transport, retry, now }: SessionOptions): Session {
  const context: ResponseContext = { now, secrets: [secretOf(config)] }
  let current: { token: Token; renewAt: number } | undefined
  let pending: Promise<Token> | undefined
  let refused: { error: KeystoneError; until: number } | undefined
  let base: string | undefined

  async function ask(): Promise<Token> {
    if (refused && now().getTime() < refused.until) throw refused.error
    base ??= await withRetries('GET', retry, () => discover(transport, config.authUrl, context))
    const { text, issued } = await authenticate(base)
    const life = Date.parse(issued.expires_at) - Date.parse(issued.issued_at)
    if (!(life > 0)) throw new KeystoneError('broken-answer', 'Keystone issued a token that has no life')
    const token = { text, endpoint: identityEndpoint(issued.catalog, base, config) }
    // Only our own clock counts: Keystone's may differ.
    current = { token, renewAt: now().getTime() + life - Math.min(longestMargin, life / 3) }
    return token
  }

  async function authenticate(endpoint: string) {
    const exchange = {
      method: 'POST' as const,
      url: new URL(`${endpoint}/auth/tokens`),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(tokenRequest(config)),
    }
    try {
      // A second token does no harm, so the request is retried like a PUT.
      const { headers, json } = await withRetries('PUT', retry, async () => {
        const answer = await transport.exchange(exchange)
        return { headers: answer.headers, json: jsonFrom(answer, [201], context) }
      })
      const text = headers['x-subject-token']
      if (typeof text !== 'string')
        throw new KeystoneError('broken-answer', 'Keystone answers without a token')
      return { text, issued: parseAs(Issued, json).token }
    } catch (error) {
      if (!isKeystoneError(error, 'unauthenticated')) throw error
      const { status, requestId } = error
      const message = `${error.message} (look at ${variablesOf(config)})`
      const refusal = new KeystoneError('unauthenticated', message, { status, requestId, cause: error })
      refused = { error: refusal, until: now().getTime() + refusalMilliseconds }
      throw refusal
    }
  }

  return {
    async token() {
      if (current && now().getTime() < current.renewAt) return current.token
      pending ??= ask().finally(() => {
        pending = undefined
      })
      return pending
    },
    discard(token) {
      // Another caller may have renewed it already.
      if (current?.token === token) current = undefined
    },
  }
}
