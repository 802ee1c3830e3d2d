import type { MiddlewareHandler } from 'hono'
import { type MethodsOf, setAllow } from './methods.ts'

/** What scripts may send and read beside what the Fetch standard lets them anyway. */
const requestHeaders =
  'Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Reason, X-Request-Id'
const responseHeaders = 'Accept-Patch, Allow, ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id'
/** Seconds. */
const preflightLasts = '600'

/**
 * Lets scripts of these origins, compared exactly, use the API (Fetch standard, CORS protocol); without any nothing is said.
 * No credentials of the browser are asked for: who calls is in the access token.
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
      c.header('Access-Control-Max-Age', preflightLasts)
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
