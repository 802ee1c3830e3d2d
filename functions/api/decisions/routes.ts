import type { MiddlewareHandler } from 'hono'
import type { Decision } from '../../../shared/domain/access/decide.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import type { ApiEnv } from '../authorization/deps.ts'
import { parameter } from '../authorization/request-context.ts'
import { isAtDecisionPoint } from '../routing/error-shape.ts'
import { plain } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { evaluate, scopeOf } from './evaluate.ts'
import {
  Evaluation,
  type Failed,
  parseBatch,
  type Parsed,
  presentDecision,
  presentFailure,
  readObject,
  WellFormedBatch,
} from './parse.ts'

const decisionPoint = '/v1/customers/{c}/access/v1'
const common = { method: 'post', right: { kind: 'decision' }, errors: 'text' } as const

/** AuthZEN Authorization API 1.0: the decision point of one customer. */
export const decisionRoutes: readonly Route[] = [
  plain({
    ...common,
    path: `${decisionPoint}/evaluation`,
    id: 'evaluate',
    summary: 'May this user do this? With the reason (AuthZEN 1.0)',
    body: Evaluation,
    answer: { status: 200, schema: 'decision' },
    reply: async (call) => {
      const { deps, c } = call
      const scope = await scopeOf(deps, c)
      const evaluation = validate(Evaluation, await readObject(c.req.raw))
      const [decision] = await evaluate(deps, parameter(call, 'c'), scope, only(evaluation))
      return c.json(decision && present(decision))
    },
  }),
  plain({
    ...common,
    path: `${decisionPoint}/evaluations`,
    id: 'evaluateMany',
    summary: 'Up to fifty of these questions at once (AuthZEN 1.0)',
    body: WellFormedBatch,
    answer: { status: 200, schema: 'evaluations' },
    reply: async (call) => {
      const { deps, c } = call
      const scope = await scopeOf(deps, c)
      const body = await readObject(c.req.raw)
      const batch = parseBatch(body)
      const asked = batch ?? only(validate(Evaluation, body))
      const decisions = await evaluate(deps, parameter(call, 'c'), scope, asked)
      if (!batch) return c.json(decisions[0] && present(decisions[0]))
      return c.json({ evaluations: decisions.map(present) })
    },
  }),
]

const only = (evaluation: Evaluation): Parsed => ({ evaluations: [evaluation], semantic: 'execute_all' })

const present = (each: Decision | Failed) => ('error' in each ? presentFailure(each) : presentDecision(each))

/** Section 10.1.4: the caller's identifier comes back as it is, whatever it looks like; logs have one that is safe. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const given = c.req.header('x-request-id')
  if (given && isAtDecisionPoint(c)) c.header('X-Request-Id', given)
}
