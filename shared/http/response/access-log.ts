import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Log } from '../../runtime/log.ts'
import type { HttpEnv } from '../request/request-id.ts'

/**
 * Logs one line a request, once its response is made. The route is the pattern, never the path, which holds identifiers.
 * Must come after `requestId`.
 */
export function accessLog(log: Log, now: () => Date): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const start = now().getTime()
    await next()
    const code = c.get('problemCode')
    log('info', 'request', {
      requestId: c.get('requestId'),
      method: c.req.method,
      route: matchedRoutes(c).findLast((route) => route.method !== 'ALL')?.path ?? 'none',
      status: c.res.status,
      durationMs: now().getTime() - start,
      ...(code === undefined ? {} : { code }),
    })
  }
}
