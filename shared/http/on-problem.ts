import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { DomainError } from '../domain/errors.ts'
import type { Log } from '../domain/log.ts'
import { errorTrace } from './error-trace.ts'
import { internalProblem, type Problem, problemOf, problemResponse } from './problem.ts'
import type { HttpEnv } from './request-id.ts'

const retryAfterSeconds = { throttled: '1', unavailable: '5' }

/**
 * For `app.onError`: the one mapping of errors to answers. What isn't a `DomainError`, and what made something
 * unavailable, is logged; `publicUrl` is the API's base URL, under which RFC 9728's metadata is; without one nothing
 * is said about tokens.
 * `respond` is for routes whose error bodies another text prescribes; status and headers stay.
 */
export function onProblem(
  log: Log,
  publicUrl: string | undefined,
  respond: (c: Context, problem: Problem) => Response = problemResponse,
): ErrorHandler {
  return (error, c: Context<HttpEnv>) => {
    const requestId = c.get('requestId') ?? ''
    const problem = error instanceof DomainError ? problemOf(error, requestId) : internalProblem(requestId)
    c.set('problemCode', problem.code)
    if (problem.code === 'internal') {
      log('error', 'request failed', { requestId, code: problem.code, error: errorTrace(error) })
    } else if (problem.code === 'unavailable' || problem.code === 'throttled') {
      log('warn', 'request refused', {
        requestId,
        code: problem.code,
        error: errorTrace(error.cause ?? error),
      })
    }
    for (const [name, value] of problemHeaders(c, problem, publicUrl)) c.header(name, value)
    return respond(c, problem)
  }
}

/** For `app.notFound`: no such route. */
export const notFound: NotFoundHandler = (c: Context<HttpEnv>) => {
  c.set('problemCode', 'not-found')
  return problemResponse(
    c,
    problemOf(new DomainError('not-found', 'There is no such route.'), c.get('requestId') ?? ''),
  )
}

function problemHeaders(c: Context, { code }: Problem, publicUrl: string | undefined): [string, string][] {
  if (code === 'throttled' || code === 'unavailable') return [['Retry-After', retryAfterSeconds[code]]]
  if (code !== 'unauthenticated' || publicUrl === undefined) return []
  const metadata = `resource_metadata="${publicUrl.replace(/\/+$/, '')}/.well-known/oauth-protected-resource"`
  // RFC 6750, section 3.1: no error where no token was given.
  const given = c.req.header('authorization') !== undefined
  return [['WWW-Authenticate', given ? `Bearer error="invalid_token", ${metadata}` : `Bearer ${metadata}`]]
}
