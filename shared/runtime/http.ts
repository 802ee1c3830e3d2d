import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'

export type HttpRequest = {
  method: 'GET' | 'POST'
  path: string
  headers: OutgoingHttpHeaders
  body?: string
  /** Until the whole answer is there. */
  milliseconds: number
  /** Of the answer's body, at most. */
  maxBytes: number
}
export type HttpAnswer = { status: number; headers: IncomingHttpHeaders; body: Buffer }
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>

/**
 * Opens connections to an origin, `http:` or `https:`; redirects aren't followed. A failure throws Node's own error, or a `TimeoutError`. Node's `fetch` would do the same for several times the CPU.
 */
export function connectTo(origin: URL, { keepAlive }: { keepAlive: boolean }): Exchange {
  const isSecure = origin.protocol === 'https:'
  // Loaded when the first connection is needed, and only one of the two.
  const { Agent, request: open } = isSecure
    ? process.getBuiltinModule('node:https')
    : process.getBuiltinModule('node:http')
  const agent = new Agent({ keepAlive, scheduling: 'lifo' })
  const place = {
    agent,
    protocol: origin.protocol,
    // Brackets around an IPv6 address belong to the URL alone.
    host: origin.hostname.replaceAll(/^\[|\]$/g, ''),
    ...(origin.port !== '' && { port: origin.port }),
  }
  return ({ method, path, headers, body, milliseconds, maxBytes }) =>
    new Promise((resolve, reject) => {
      const sent = open({ ...place, method, path, headers })
      const fail = (error: Error) => {
        clearTimeout(timer)
        reject(error)
        sent.destroy()
      }
      const timer = setTimeout(() => fail(timeout()), milliseconds)
      sent.on('error', fail)
      sent.once('response', (answer) => {
        answer.on('error', fail)
        gather(answer, maxBytes, fail, (bytes) => {
          clearTimeout(timer)
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes })
        })
      })
      sent.end(body)
    })
}

function gather(
  answer: IncomingMessage,
  maxBytes: number,
  fail: (error: Error) => void,
  done: (bytes: Buffer) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) fail(new Error('the answer is too long'))
    else chunks.push(chunk)
  })
  answer.once('end', () => {
    const [first] = chunks
    done(chunks.length === 1 && first ? first : Buffer.concat(chunks))
  })
}

function timeout(): Error {
  const error = new Error('no answer in time')
  error.name = 'TimeoutError'
  return error
}
