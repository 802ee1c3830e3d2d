import type { Context, ErrorHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'
import { errorTrace } from '../../runtime/error-trace.ts'
import type { Log } from '../../runtime/log.ts'
import type { HttpEnv } from '../request/request-id.ts'
import type { Challenge } from './challenge.ts'
import { internalProblem, type Problem, problemOf, problemResponse } from './problem.ts'

const retryAfterSeconds = { throttled: '1', unavailable: '5' }

/**
 * For `app.onError`: the one mapping of errors to responses. Logs errors that aren't a `DomainError`, and causes of
 * unavailability; `challenge` says how callers can authenticate.
 * `respond` is for routes whose error bodies another specification prescribes; status and headers stay.
 */
export function onProblem(
  log: Log,
  challenge: Challenge,
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
    if (error instanceof DomainError) {
      for (const [name, value] of problemHeaders(c, error, challenge)) c.header(name, value)
    }
    return respond(c, problem)
  }
}

function* problemHeaders(c: Context, error: DomainError, challenge: Challenge): Generator<[string, string]> {
  const { code } = error
  if (code === 'throttled' || code === 'unavailable') yield ['Retry-After', retryAfterSeconds[code]]
  if (code === 'unsupported-media-type') {
    // RFC 9110, section 15.5.16, and RFC 5789, section 2.2.
    yield ['Accept', 'application/json']
    if (c.req.method === 'PATCH') yield ['Accept-Patch', 'application/json']
  }
  const challenged = challenge(error, c.req.header('authorization'))
  if (challenged !== undefined) yield ['WWW-Authenticate', challenged]
}
