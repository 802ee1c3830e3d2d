import type { Context, MiddlewareHandler } from 'hono'
import { type Problem, problemResponse } from '../../../shared/http/response/problem.ts'
import type { ApiEnv } from '../authorization/deps.ts'

/** True for a path like one below a decision point, which `functions/access` serves: no other path has these segments. */
const isLikeDecisionPoint = ({ req }: Context): boolean => /\/access\/v1(?:\/|$)/.test(req.path)

/** AuthZEN 1.0, section 10.1.3: the body of an error is a JSON string there; elsewhere it's problem details. */
export function respondInShape(c: Context, problem: Problem): Response {
  return isLikeDecisionPoint(c)
    ? c.json(problem.detail ?? problem.title, problem.status)
    : problemResponse(c, problem)
}

/** Section 10.1.4: sends the caller's identifier back unchanged there; logs have one that is safe. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const given = c.req.header('x-request-id')
  if (given && isLikeDecisionPoint(c)) c.header('X-Request-Id', given)
}
