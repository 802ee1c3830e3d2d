import type { MiddlewareHandler } from 'hono'
import { allowHeaders, type MethodsOf } from './methods.ts'

/** Headers that scripts may send and read, beside those that the Fetch standard always allows. */
const requestHeaders =
  'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Consistency-Token, X-Reason, X-Request-Id'
const responseHeaders =
  'Accept-Patch, Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Consistency-Token, X-Request-Id'
/** Seconds. */
const preflightMaxAge = '600'

/** What the CORS protocol reads of a request. */
type CorsRequest = { origin: string | undefined; isPreflight: boolean; methods: readonly string[] }

/**
 * Headers that let scripts of these origins, compared exactly, use the API (Fetch standard, CORS protocol). Credentials of
 * the browser aren't needed: the access token identifies the caller. `isAnswered`: a preflight, which gets 204.
 */
export function corsHeaders(
  origins: readonly string[],
  { origin = '', isPreflight, methods }: CorsRequest,
): { isAnswered: boolean; headers: Record<string, string> } {
  const isAllowed = origins.includes(origin)
  const isAnswered = isPreflight && isAllowed && methods.length > 0
  if (!isAllowed) return { isAnswered, headers: {} }
  return {
    isAnswered,
    headers: {
      'Access-Control-Allow-Origin': origin,
      ...(isAnswered
        ? {
            ...allowHeaders(methods),
            'Access-Control-Allow-Methods': methods.join(', '),
            'Access-Control-Allow-Headers': requestHeaders,
            'Access-Control-Max-Age': preflightMaxAge,
          }
        : { 'Access-Control-Expose-Headers': responseHeaders }),
    },
  }
}

/** Sets these headers; without any origins, none is sent. */
export function cors(origins: readonly string[], methodsOf: MethodsOf): MiddlewareHandler {
  return async (c, next) => {
    if (origins.length === 0) return next()
    const preflight = isPreflight(c.req.method, c.req.header('access-control-request-method'))
    const { isAnswered, headers } = corsHeaders(origins, {
      origin: c.req.header('origin'),
      isPreflight: preflight,
      methods: preflight ? methodsOf(c.req.path) : [],
    })
    if (isAnswered) c.res = c.body(null, 204)
    else await next()
    c.header('Vary', 'Origin', { append: true })
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
  }
}

export const isPreflight = (method: string, requestedMethod: string | undefined): boolean =>
  method === 'OPTIONS' && requestedMethod !== undefined
