import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connectionError } from './connection-error.ts'
import { KeystoneError } from './errors.ts'

// An `import` would load undici too; with fetch neither a CA nor a connection timeout can be set.
const http = process.getBuiltinModule('node:http')
const https = process.getBuiltinModule('node:https')

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Exchange = { method: Method; url: URL; headers: Record<string, string>; body?: string }
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

export type Transport = {
  /**
   * Sends a request and returns the complete response, whatever its status. Throws `unreachable`, `certificate`, `timeout`,
   * `interrupted` or `broken-answer`; `mayHaveHappened` once the request was on its way.
   */
  exchange: (exchange: Exchange) => Promise<Answer>
  /** Closes all connections. */
  close: () => void
}

export type TransportOptions = {
  /** PEM. */
  caCertificate?: string | undefined
  /** For TCP and TLS, default 5 s. */
  connectMilliseconds?: number | undefined
  /** From the connection to the last byte, default 30 s. */
  answerMilliseconds?: number | undefined
}

const maxConnections = 16
const maxAnswerBytes = 64 * 2 ** 20

export function createTransport(options: TransportOptions = {}): Transport {
  const { caCertificate, connectMilliseconds = 5000, answerMilliseconds = 30_000 } = options
  const pool = { keepAlive: true, maxSockets: maxConnections }
  const plain = new http.Agent(pool)
  const secure = new https.Agent({ ...pool, ...(caCertificate && { ca: caCertificate }) })
  const connected = new WeakSet<Socket>()

  function exchange({ method, url, headers, body }: Exchange): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const isSecure = url.protocol === 'https:'
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const init = { method, agent: isSecure ? secure : plain, headers: { ...headers, ...length } }
      const request: ClientRequest = isSecure ? https.request(url, init) : http.request(url, init)
      let sent = false
      let timer: NodeJS.Timeout | undefined
      const fail = (error: KeystoneError) => {
        clearTimeout(timer)
        request.destroy()
        reject(error)
      }
      const failAfter = (milliseconds: number, what: () => KeystoneError) => {
        clearTimeout(timer)
        timer = setTimeout(() => fail(what()), milliseconds)
      }
      // Time starts with a socket: the wait for a free one is not Keystone's fault.
      request.once('socket', (socket) => {
        const onConnected = () => {
          connected.add(socket)
          sent = true
          failAfter(answerMilliseconds, () => noAnswerWithin(answerMilliseconds, url))
        }
        if (connected.has(socket)) return onConnected()
        let reached = false
        socket.once('connect', () => (reached = true))
        failAfter(connectMilliseconds, () => noConnectionWithin(connectMilliseconds, url, reached))
        socket.once(isSecure ? 'secureConnect' : 'connect', onConnected)
      })
      request.once('error', (error) => fail(connectionError(error, url, sent)))
      request.once('response', (response) => {
        readBody(response)
          .then((text) =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          )
          .catch((error: unknown) => fail(interrupted(error, url)))
          .finally(() => clearTimeout(timer))
      })
      request.end(body)
    })
  }

  return {
    exchange,
    close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new Error('not bytes')
    size += chunk.length
    if (size > maxAnswerBytes) throw new Error(`more than ${maxAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  if (!response.complete) throw new Error('incomplete')
  return Buffer.concat(chunks, size).toString()
}

function interrupted(cause: unknown, url: URL): KeystoneError {
  return new KeystoneError('interrupted', `the answer of ${url.origin} broke off`, {
    mayHaveHappened: true,
    cause,
  })
}

/** `reached`: TCP is connected, TLS isn't. */
function noConnectionWithin(milliseconds: number, url: URL, reached: boolean): KeystoneError {
  const message = reached
    ? `${url.origin} takes connections, but speaks no TLS within ${milliseconds} ms: is it http?`
    : `no connection to ${url.origin} within ${milliseconds} ms`
  return new KeystoneError('unreachable', message)
}

function noAnswerWithin(milliseconds: number, url: URL): KeystoneError {
  return new KeystoneError('timeout', `no answer from ${url.origin} within ${milliseconds} ms`, {
    mayHaveHappened: true,
  })
}
