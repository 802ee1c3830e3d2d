import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** A request on its way through the proxy. */
export type Passage = {
  method: string
  response: ServerResponse
  /** Makes it at Keystone, as often as it is called. */
  pass: () => Promise<Answer>
  delayMilliseconds: number
  retryAfter: string
  /** Ends every connection, and takes none for a while. */
  refuse: () => Promise<void>
}

type Act = (passage: Passage) => Promise<void>

/** Everything that the proxy can do to a request. */
export const faults = {
  /** As after the token's revocation. Keystone doesn't see the request. */
  unauthorized: async ({ response }) =>
    refusal(response, 401, 'The request you have made requires authentication.'),
  /** Not seen. */
  forbidden: async ({ response }) =>
    refusal(response, 403, 'You are not authorized to perform the requested action.'),
  /** A POST is seen twice and the second answer given, as if somebody had been faster. Others aren't seen. */
  conflict: async ({ method, response, pass }) => {
    if (method !== 'POST') return refusal(response, 409, 'Conflict occurred attempting to store something.')
    await pass()
    give(response, await pass())
  },
  /** A DELETE is seen twice and the second answer given, as if somebody had been faster. Others aren't seen. */
  'not-found': async ({ method, response, pass }) => {
    if (method !== 'DELETE') return refusal(response, 404, 'Could not find something.')
    await pass()
    give(response, await pass())
  },
  /** 429 with `Retry-After`; not seen. */
  throttled: async ({ response, retryAfter }) =>
    refusal(response, 429, 'Slow down.', { 'retry-after': retryAfter }),
  /** Not seen. */
  failed: async ({ response }) => refusal(response, 500, 'An unexpected error prevented the server.'),
  /** Seen. */
  'failed-afterwards': async ({ response, pass }) => {
    await pass()
    refusal(response, 500, 'An unexpected error prevented the server.')
  },
  /** By a load balancer; not seen. */
  unavailable: async ({ response }) => page(response, 503),
  /** A page and all is well, as of a captive portal; not seen. */
  html: async ({ response }) => page(response, 200),
  /** Half of the JSON, and nothing else that says so; seen. */
  'broken-json': async ({ response, pass }) => {
    const { status, headers, body } = await pass()
    const half = body.subarray(0, body.length / 2)
    give(response, { status, headers: { ...headers, 'content-length': String(half.length) }, body: half })
  },
  /** The connection ends before an answer; not seen. */
  reset: async ({ response }) => void response.destroy(),
  /** Seen, and never answered. */
  timeout: async ({ pass }) => void (await pass()),
  /** Seen; the connection ends within the answer. */
  'cut-off': async ({ response, pass }) => {
    const { status, headers, body } = await pass()
    const end = () => response.destroy()
    if (body.length === 0) end()
    else response.writeHead(status, headers).write(body.subarray(0, body.length / 2), end)
  },
  /** Seen some time later. */
  delay: async ({ response, pass, delayMilliseconds }) => {
    await pause(delayMilliseconds)
    give(response, await pass())
  },
  /** Not seen, and nobody listens for a while. */
  refused: ({ refuse }) => refuse(),
} satisfies Record<string, Act>

export type Fault = keyof typeof faults

export function give(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body)
}

/** In Keystone's own form. */
function refusal(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
) {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error: { code: status, message, title: 'A fault of the proxy' } }))
}

function page(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end('<html>Welcome!</html>')
}
