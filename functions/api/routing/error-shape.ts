import type { Context } from 'hono'
import { type Problem, problemResponse } from '../../../shared/http/response/problem.ts'

/** True below a decision point, or a path like one: no other path has these segments. */
export const isAtDecisionPoint = ({ req }: Context): boolean => /\/access\/v1(?:\/|$)/.test(req.path)

/** AuthZEN 1.0, section 10.1.3: the body of an error is a JSON string there; elsewhere it's problem details. */
export function respondInShape(c: Context, problem: Problem): Response {
  return isAtDecisionPoint(c)
    ? c.json(problem.detail ?? problem.title, problem.status)
    : problemResponse(c, problem)
}
