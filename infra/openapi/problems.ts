import { DomainError, type ErrorCode } from '../../shared/domain/values/errors.ts'
import { internalProblem, type Problem, problemKinds, problemOf } from '../../shared/http/response/problem.ts'
import { bodyName } from './names.ts'
import type { DocumentedRoute } from './documented.ts'

export type ProblemCode = Problem['code']

const refusals: [ErrorCode, detail: string][] = [
  ['unauthenticated', 'The access token is missing, or not valid any more.'],
  ['forbidden', 'The right user.manage is missing: the type of the user cannot hold it.'],
  ['not-found', 'There is no such project.'],
  ['method-not-allowed', 'This path takes GET, HEAD, OPTIONS.'],
  ['conflict', 'the e-mail address is in use'],
  ['locked', 'The main-customer can only be replaced, by a transfer of the ownership.'],
  ['type-ceiling', 'a billing user holds no OpenStack projects'],
  ['quota', 'a customer has at most 50 admins'],
  ['stale', 'It has changed since it was read.'],
  ['precondition-required', 'If-Match is required: the ETag of what was read.'],
  ['too-large', 'The body is larger than 262144 bytes.'],
  ['unsupported-media-type', 'The body must be application/json.'],
  ['idempotency-mismatch', 'The Idempotency-Key was used with another request.'],
  ['throttled', 'Too many requests; try again.'],
  ['unavailable', 'too many changes to the same things at once; try again'],
]
const invalid = new DomainError('invalid-request', '/email is missing; /colour is not known here', [
  { pointer: '/email', detail: 'is missing' },
  { pointer: '/colour', detail: 'is not known here' },
])
const requestId = 'b8a7f0de-40cc-4b5c-8e34-0d1c1e2a3f45'

/** An example of each problem. */
export const examples: ReadonlyMap<ProblemCode, Problem> = new Map<ProblemCode, Problem>([
  ['invalid-request', problemOf(invalid, requestId)],
  ...refusals.map(([code, detail]): [ProblemCode, Problem] => [
    code,
    problemOf(new DomainError(code, detail), requestId),
  ]),
  ['internal', internalProblem(requestId)],
])

/** All problems of a route, by status. */
export function problemsOf(route: DocumentedRoute): Map<number, ProblemCode[]> {
  return Map.groupBy(codesOf(route), (code) => problemKinds[code].status)
}

/** Type of pages for people, which are never large. */
const html = 'text/html'

function codesOf(route: DocumentedRoute): ProblemCode[] {
  const { method, path, right, body, response, changes, ifMatch, errors } = route
  const open = right.kind === 'anybody'
  const when: [ProblemCode, boolean][] = [
    ['invalid-request', !open || method === 'get'],
    ['unauthenticated', !open],
    ['forbidden', !open && right.kind !== 'token'],
    ['not-found', path.includes('{')],
    ['conflict', changes],
    ['locked', changes && mayMeet.locked.test(`${method} ${path}`)],
    ['type-ceiling', changes && mayMeet.ceiling.test(`${method} ${path}`)],
    ['quota', changes && mayMeet.quota.test(`${method} ${path}`)],
    // All methods check preconditions, except queries that are posted.
    ['stale', changes || method === 'get'],
    ['precondition-required', ifMatch === 'required'],
    // A request body, even where none is expected; or the file type of a download.
    ['too-large', changes || body !== undefined || (response.type ?? html) !== html],
    // AuthZEN calls another content type a bad request.
    ['unsupported-media-type', (changes || bodyName(route) !== undefined) && errors !== 'text'],
    ['idempotency-mismatch', changes],
    ['throttled', true],
    ['internal', true],
    ['unavailable', true],
  ]
  return when.filter(([, can]) => can).map(([code]) => code)
}

/** Routes whose changes the main-customer, the Main project, a user type or a quota can forbid. */
const mayMeet = {
  locked: /\/users\/|^post .*\/projects$|\/projects\/|\/decisions?$/,
  ceiling: /^put .*\/(members|assignments)\//,
  quota: /^post .*\/users$|\/invite$|\/type$|\/ownership-transfer\/(accept|force)$/,
}
