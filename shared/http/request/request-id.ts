import type { MiddlewareHandler } from 'hono'

/** What the middleware of this folder keeps for the rest of a request. */
export type HttpEnv = {
  Variables: {
    requestId: string
    /** Set by `onProblem`, for the access log. */
    problemCode?: string
  }
}

/**
 * `X-Request-Id` of the caller if it is printable ASCII of up to 128 characters, else a new one; on every answer, errors
 * included. Goes first.
 */
export function requestId(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const given = c.req.header('x-request-id')
    const id = given !== undefined && /^[ -~]{1,128}$/.test(given) ? given : crypto.randomUUID()
    c.set('requestId', id)
    await next()
    c.header('X-Request-Id', id)
  }
}
