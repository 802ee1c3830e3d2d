import type { MiddlewareHandler } from 'hono'
import { type MethodsOf, setAllow } from './methods.ts'

/** Headers that scripts may send and read, beside those that the Fetch standard always allows. */
const requestHeaders =
  'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Consistency-Token, X-Reason, X-Request-Id'
const responseHeaders =
  'Accept-Patch, Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Consistency-Token, X-Request-Id'
/** Seconds. */
const preflightMaxAge = '600'

/**
 * Lets scripts of these origins, compared exactly, use the API (Fetch standard, CORS protocol); without any, no header is
 * sent. Credentials of the browser aren't needed: the access token identifies the caller.
 */
export function cors(origins: readonly string[], methodsOf: MethodsOf): MiddlewareHandler {
  return async (c, next) => {
    if (origins.length === 0) return next()
    const origin = c.req.header('origin') ?? ''
    const isAllowed = origins.includes(origin)
    const methods = isPreflight(c.req.raw) && isAllowed ? methodsOf(c.req.path) : []
    if (methods.length === 0) await next()
    else {
      setAllow(c, methods)
      c.header('Access-Control-Allow-Methods', methods.join(', '))
      c.header('Access-Control-Allow-Headers', requestHeaders)
      c.header('Access-Control-Max-Age', preflightMaxAge)
      c.res = c.body(null, 204)
    }
    c.header('Vary', 'Origin', { append: true })
    if (!isAllowed) return
    c.header('Access-Control-Allow-Origin', origin)
    if (methods.length === 0) c.header('Access-Control-Expose-Headers', responseHeaders)
  }
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}
