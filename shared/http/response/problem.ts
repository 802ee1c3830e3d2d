import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { DomainError, ErrorCode, FieldError } from '../../domain/values/errors.ts'

/** Problem details (RFC 9457): the body of every error of the service. */
export type Problem = {
  type: `urn:latchkey:problem:${ErrorCode | 'internal'}`
  title: string
  status: ContentfulStatusCode
  detail?: string
  code: ErrorCode | 'internal'
  requestId: string
  /** Problems of validation, each with a JSON Pointer into the body, or a parameter's name. */
  errors?: FieldError[]
}

/** The one place that maps a code to its HTTP status. */
export const problemKinds: Record<ErrorCode | 'internal', { status: ContentfulStatusCode; title: string }> = {
  'invalid-request': { status: 400, title: 'Invalid request' },
  unauthenticated: { status: 401, title: 'Unauthenticated' },
  forbidden: { status: 403, title: 'Forbidden' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  locked: { status: 409, title: 'Locked' },
  'type-ceiling': { status: 409, title: 'Above what the user type can hold' },
  quota: { status: 409, title: 'Over a limit' },
  stale: { status: 412, title: 'Stale' },
  'precondition-required': { status: 428, title: 'Precondition required' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'idempotency-mismatch': { status: 422, title: 'Idempotency key used with another request' },
  throttled: { status: 429, title: 'Throttled' },
  unavailable: { status: 503, title: 'Unavailable' },
  internal: { status: 500, title: 'Internal error' },
}

export function problemOf(error: DomainError, requestId: string): Problem {
  return {
    ...bare(error.code, requestId),
    detail: error.message,
    ...(error.errors.length === 0 ? {} : { errors: error.errors }),
  }
}

/** For errors that aren't a `DomainError`: shows the request id and nothing of the error. */
export function internalProblem(requestId: string): Problem {
  return bare('internal', requestId)
}

export function problemResponse(c: Context, problem: Problem): Response {
  return c.body(JSON.stringify(problem), problem.status, { 'Content-Type': 'application/problem+json' })
}

function bare(code: ErrorCode | 'internal', requestId: string): Problem {
  return { type: `urn:latchkey:problem:${code}`, ...problemKinds[code], code, requestId }
}
