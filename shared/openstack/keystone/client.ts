import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { jsonOf } from '../transport/answer.ts'
import { type KeystoneConfig, secretOf } from '../transport/config.ts'
import { isKeystoneError, KeystoneError } from '../transport/errors.ts'
import { type Retry, withRetries } from '../transport/retry.ts'
import { createSession, type Token } from '../transport/session.ts'
import {
  createTransport,
  type Method,
  type Transport,
  type TransportOptions,
} from '../transport/transport.ts'

export type Call = {
  method: Method
  /** Below `/v3`, from `pathTo`. */
  path: string
  query?: Record<string, string>
  body?: unknown
  /** The status of success: were others taken for it, so would be whatever a proxy makes up. */
  expect: 200 | 201 | 204
}

export type Keystone = {
  /**
   * The JSON of the answer, `undefined` of a 204. What is safe to repeat is repeated, and everything once, with a new
   * token, after a 401. Throws a `KeystoneError`.
   */
  call: (call: Call) => Promise<unknown>
  /** Closes its connections, those in use too; whatever is asked from then on fails as `closed`. */
  close: () => void
}

/** Told of every request when it is over, repetitions and logins included; no status: no whole answer. */
export type Observe = (request: { method: Method; path: string; status: number | undefined }) => void

export type KeystoneOptions = Pick<TransportOptions, 'connectMilliseconds' | 'answerMilliseconds'> &
  Partial<Retry> & { now?: () => Date; observe?: Observe }

/** Asks nothing before the first call. Throws `configuration` where the CA's file can't be read. */
export function connectKeystone(config: KeystoneConfig, options: KeystoneOptions = {}): Keystone {
  const now = options.now ?? (() => new Date())
  const retry: Retry = { attempts: 4, pause, random: Math.random, ...options }
  const transport = observed(
    createTransport({ ...options, caCertificate: readCa(config.caCertificate) }),
    options.observe,
  )
  const session = createSession({ config, transport, retry, now })

  let isClosed = false

  async function make(call: Call, token: Token): Promise<unknown> {
    if (isClosed) throw new KeystoneError('closed', 'the connection to Keystone was closed')
    const url = new URL(`${token.endpoint}${call.path}`)
    url.search = new URLSearchParams(call.query).toString()
    const headers = { 'x-auth-token': token.text, accept: 'application/json' }
    const content = call.body === undefined ? undefined : JSON.stringify(call.body)
    const answer = await transport.exchange({
      method: call.method,
      url,
      ...(content === undefined
        ? { headers }
        : { headers: { ...headers, 'content-type': 'application/json' }, body: content }),
    })
    return jsonOf(answer, [call.expect], { now, secrets: [secretOf(config), token.text] })
  }

  return {
    async call(call) {
      if (isClosed) throw new KeystoneError('closed', 'the connection to Keystone was closed')
      const token = await session.token()
      try {
        return await withRetries(call.method, retry, () => make(call, token))
      } catch (error) {
        if (!isKeystoneError(error, 'unauthenticated')) throw error
        session.discard(token)
        const another = await session.token()
        return withRetries(call.method, retry, () => make(call, another))
      }
    },
    close() {
      isClosed = true
      transport.close()
    },
  }
}

/** A path of these segments, each made safe. */
export function pathTo(...segments: string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('')
}

function observed(transport: Transport, observe: Observe | undefined): Transport {
  if (!observe) return transport
  return {
    ...transport,
    async exchange(exchange) {
      const request = { method: exchange.method, path: exchange.url.pathname }
      try {
        const answer = await transport.exchange(exchange)
        observe({ ...request, status: answer.status })
        return answer
      } catch (error) {
        observe({ ...request, status: undefined })
        throw error
      }
    },
  }
}

function readCa(given: string | undefined): string | undefined {
  if (given === undefined || given.startsWith('-----BEGIN')) return given
  try {
    return readFileSync(given, 'utf8')
  } catch (error) {
    throw new KeystoneError('configuration', `OS_CACERT can't be read: ${given}`, { cause: error })
  }
}
