import type { Context, ErrorHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'
import { errorTrace } from '../../runtime/error-trace.ts'
import type { Log } from '../../runtime/log.ts'
import type { HttpEnv } from '../request/request-id.ts'
import type { Challenge } from './challenge.ts'
import { internalProblem, type Problem, problemOf, problemResponse } from './problem.ts'

const retryAfterSeconds = { throttled: '1', unavailable: '5' }

/** The request of an error, as far as it's needed. */
type Refused = { requestId: string; method: string; authorization: string | undefined }

/**
 * The one mapping of errors to responses. Logs errors that aren't a `DomainError`, and causes of unavailability; `challenge`
 * says how callers can authenticate.
 */
export function reportProblem(
  error: Error,
  { requestId, method, authorization }: Refused,
  log: Log,
  challenge: Challenge,
): { problem: Problem; headers: Record<string, string> } {
  if (!(error instanceof DomainError)) {
    const problem = internalProblem(requestId)
    log('error', 'request failed', { requestId, code: problem.code, error: errorTrace(error) })
    return { problem, headers: {} }
  }
  const { code } = error
  if (code === 'unavailable' || code === 'throttled') {
    log('warn', 'request refused', { requestId, code, error: errorTrace(error.cause ?? error) })
  }
  const headers = Object.fromEntries(problemHeaders(error, method, challenge(error, authorization)))
  return { problem: problemOf(error, requestId), headers }
}

/**
 * For `app.onError`. `respond` is for routes whose error bodies another specification prescribes; status and headers stay.
 */
export function onProblem(
  log: Log,
  challenge: Challenge,
  respond: (c: Context, problem: Problem) => Response = problemResponse,
): ErrorHandler {
  return (error, c: Context<HttpEnv>) => {
    const refused = {
      requestId: c.get('requestId') ?? '',
      method: c.req.method,
      authorization: c.req.header('authorization'),
    }
    const { problem, headers } = reportProblem(error, refused, log, challenge)
    c.set('problemCode', problem.code)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return respond(c, problem)
  }
}

function* problemHeaders(
  { code }: DomainError,
  method: string,
  challenged: string | undefined,
): Generator<[string, string]> {
  if (code === 'throttled' || code === 'unavailable') yield ['Retry-After', retryAfterSeconds[code]]
  if (code === 'unsupported-media-type') {
    // RFC 9110, section 15.5.16, and RFC 5789, section 2.2.
    yield ['Accept', 'application/json']
    if (method === 'PATCH') yield ['Accept-Patch', 'application/json']
  }
  if (challenged !== undefined) yield ['WWW-Authenticate', challenged]
}
