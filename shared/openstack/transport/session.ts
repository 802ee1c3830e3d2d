import * as v from 'valibot'
import { type Hearing, jsonOf, shaped } from './answer.ts'
import { type KeystoneConfig, secretOf, tokenRequest, variablesOf } from './config.ts'
import { discover } from './discovery.ts'
import { Catalog, identityEndpoint } from './endpoint.ts'
import { isKeystoneError, KeystoneError } from './errors.ts'
import { type Retry, withRetries } from './retry.ts'
import type { Transport } from './transport.ts'

export type Token = {
  text: string
  /** Where requests with it go, ending in `/v3`. */
  endpoint: string
}

export type Session = {
  /**
   * A token that is good for a while; asks Keystone for one where there is none, once for however many callers.
   * Throws a `KeystoneError`.
   */
  token: () => Promise<Token>
  /** Says that Keystone didn't accept it, so that the next caller gets another one. */
  discard: (token: Token) => void
}

export type SessionOptions = { config: KeystoneConfig; transport: Transport; retry: Retry; now: () => Date }

/** A token is renewed this long before it expires, or a third of its life where that is shorter. */
const longestMargin = 60_000
/** A credential that was refused isn't tried again at once: repeated failures can lock the account. */
const refusalMilliseconds = 30_000

const Issued = v.object({
  token: v.object({ issued_at: v.string(), expires_at: v.string(), catalog: Catalog }),
})

export function createSession({ config, transport, retry, now }: SessionOptions): Session {
  const hearing: Hearing = { now, secrets: [secretOf(config)] }
  let held: { token: Token; renewAt: number } | undefined
  let asking: Promise<Token> | undefined
  let refused: { error: KeystoneError; until: number } | undefined
  let base: string | undefined

  async function ask(): Promise<Token> {
    if (refused && now().getTime() < refused.until) throw refused.error
    base ??= await withRetries('GET', retry, () => discover(transport, config.authUrl, hearing))
    const { text, issued } = await authenticate(base)
    const life = Date.parse(issued.expires_at) - Date.parse(issued.issued_at)
    if (!(life > 0)) throw new KeystoneError('broken-answer', 'Keystone issued a token that has no life')
    const token = { text, endpoint: identityEndpoint(issued.catalog, base, config) }
    // By our own clock alone: Keystone's may differ.
    held = { token, renewAt: now().getTime() + life - Math.min(longestMargin, life / 3) }
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
      // Two tokens do no harm, so it may be repeated like a PUT.
      const { headers, json } = await withRetries('PUT', retry, async () => {
        const answer = await transport.exchange(exchange)
        return { headers: answer.headers, json: jsonOf(answer, [201], hearing) }
      })
      const text = headers['x-subject-token']
      if (typeof text !== 'string')
        throw new KeystoneError('broken-answer', 'Keystone answers without a token')
      return { text, issued: shaped(Issued, json).token }
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
      if (held && now().getTime() < held.renewAt) return held.token
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    discard(token) {
      // Somebody else may have got a new one already.
      if (held?.token === token) held = undefined
    },
  }
}
