import { problemKinds } from '../../shared/http/response/problem.ts'
import type { Answer, Media } from './answer.ts'
import { headersOf } from './headers.ts'
import { reference } from './json-schema.ts'
import { type ProblemCode, problemsOf } from './problems.ts'
import type { DocumentedRoute } from './documented.ts'

type Shape = Pick<DocumentedRoute, 'errors'>

/** Component name of the response with these problems. */
export function refusalName({ errors }: Shape, codes: readonly ProblemCode[]): string {
  return [...codes, ...(errors === 'text' ? ['text'] : [])].join('.')
}

/** The error responses that routes share, by name. */
export function refusalsOf(routes: readonly DocumentedRoute[]): Record<string, Answer> {
  const found = routes.flatMap((route) =>
    [...problemsOf(route)].map(([status, codes]): [string, Answer] => [
      refusalName(route, codes),
      refusal(route, status, codes),
    ]),
  )
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function refusal({ errors }: Shape, status: number, codes: readonly ProblemCode[]): Answer {
  return {
    description: `${codes.map((code) => problemKinds[code].title).join('; ')}.`,
    headers: headersOf(
      (status === 401 || status === 403) && 'WWW-Authenticate',
      status === 415 && 'Accept',
      status === 415 && 'Accept-Patch',
      (status === 429 || status === 503) && 'Retry-After',
    ),
    // AuthZEN 1.0, section 10.1.3.
    content: errors === 'text' ? { 'application/json': { schema: { type: 'string' } } } : problem(codes),
  }
}

/** All have the same schema: to a generator, a narrowed one is another type, or none. */
const problem = (codes: readonly ProblemCode[]): Record<string, Media> => ({
  'application/problem+json': {
    schema: reference('Problem'),
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  },
})
