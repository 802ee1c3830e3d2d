import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { jsonFrom } from '../transport/answer.ts'
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
  /** The status of success. Another 2xx may come from a proxy, and is an error. */
  expect: 200 | 201 | 204
}

export type Keystone = {
  /**
   * Returns the JSON of the response, undefined for a 204. Retries what is safe to repeat, and any request once, with a new
   * token, after a 401. Throws a `KeystoneError`.
   */
  call: (call: Call) => Promise<unknown>
  /** Closes all connections, those in use too; later calls fail as `closed`. */
  close: () => void
}

/** Called after every request, retries and logins included; without a status for an incomplete response. */
type Observe = (request: { method: Method; path: string; status: number | undefined }) => void

export type KeystoneOptions = Pick<TransportOptions, 'connectMilliseconds' | 'answerMilliseconds'> &
  Partial<Retry> & { now?: () => Date; observe?: Observe }

/** Sends nothing before the first call. Throws `configuration` where the CA's file can't be read. */
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
    return jsonFrom(answer, [call.expect], { now, secrets: [secretOf(config), token.text] })
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

/** A path of these segments, each percent-encoded. */
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
