import type { MiddlewareHandler } from 'hono'

/** Over plain HTTP, browsers ignore the last one (RFC 6797, section 8.1). */
export const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=63072000',
} as const

/** `Cache-Control` of a response that is the same for everybody. */
export const publicFor = (seconds: number): string => `public, max-age=${seconds}`

/**
 * Sets them on every response, errors included. Without a `Cache-Control` of its own, a response is for its caller alone and
 * is not cached; `vary` names the request header that identifies the caller. Must come before middleware that may fail.
 */
export function setCommonHeaders(vary: string): MiddlewareHandler {
  return async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(commonHeaders)) c.header(name, value)
    if (c.res.headers.has('Cache-Control')) return
    c.header('Cache-Control', 'no-store')
    c.header('Vary', vary, { append: true })
  }
}
