import type { MiddlewareHandler } from 'hono'

/** Variables that the middleware of this folder sets for a request. */
export type HttpEnv = {
  Variables: {
    requestId: string
    /** Set by `onProblem`, for the access log. */
    problemCode?: string
  }
}

/** Returns the caller's id if it is printable ASCII of up to 128 characters, else a new one. */
export const loggableId = (given: string | undefined): string =>
  given !== undefined && /^[ -~]{1,128}$/.test(given) ? given : crypto.randomUUID()

/**
 * Sends `X-Request-Id` with every response, errors included: the caller's if it can be logged, else a new one. Must be the
 * first middleware.
 */
export function requestId(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const id = loggableId(c.req.header('x-request-id'))
    c.set('requestId', id)
    await next()
    c.header('X-Request-Id', id)
  }
}
