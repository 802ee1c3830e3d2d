import type { MiddlewareHandler } from 'hono'

/** On every answer; over plain HTTP browsers ignore the last one (RFC 6797, section 8.1). */
export const commonHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=63072000',
} as const

/** An answer that is the same for everybody may be kept for so long, in seconds. */
export const publicFor = (seconds: number): string => `public, max-age=${seconds}`

/**
 * Sets them on every answer, errors included. What doesn't say how long it may be kept is the caller's alone, and nobody
 * keeps it; `vary` names the request header that makes it so. Goes before what may fail.
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
