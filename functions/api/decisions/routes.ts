import type { MiddlewareHandler } from 'hono'
import { validate } from '../../../shared/domain/values/validate.ts'
import { decision } from '../authorization/access-rule.ts'
import type { ApiEnv } from '../authorization/deps.ts'
import { parameter } from '../authorization/request-context.ts'
import { isAtDecisionPoint } from '../routing/error-shape.ts'
import { custom } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { evaluate, scopeOf } from './evaluate.ts'
import { consistency, freshnessOf } from './fresh-reads.ts'
import { Evaluation, parseBatch, type Parsed, readObject, WellFormedBatch } from './parse.ts'
import { presentEvaluated } from './present.ts'

const decisionPoint = '/v1/customers/{c}/access/v1'
const common = { method: 'post', right: decision, errors: 'text', query: { consistency } } as const

/** AuthZEN Authorization API 1.0: the decision point of one customer. */
export const decisionRoutes: readonly Route[] = [
  custom({
    ...common,
    path: `${decisionPoint}/evaluation`,
    id: 'evaluate',
    summary: 'May this user do this? With the reason (AuthZEN 1.0)',
    body: Evaluation,
    response: { status: 200, schema: 'decision' },
    respond: async (call) => {
      const { deps, c } = call
      const customerId = parameter(call, 'c')
      const scope = await scopeOf(deps, c)
      const freshness = freshnessOf(deps, c, customerId)
      const evaluation = validate(Evaluation, await readObject(c.req.raw))
      const [evaluated] = await evaluate(deps, customerId, scope, only(evaluation), freshness)
      return c.json(evaluated && presentEvaluated(evaluated))
    },
  }),
  custom({
    ...common,
    path: `${decisionPoint}/evaluations`,
    id: 'evaluateMany',
    summary: 'Up to fifty of these questions at once (AuthZEN 1.0)',
    body: WellFormedBatch,
    response: { status: 200, schema: 'evaluations' },
    respond: async (call) => {
      const { deps, c } = call
      const customerId = parameter(call, 'c')
      const scope = await scopeOf(deps, c)
      const freshness = freshnessOf(deps, c, customerId)
      const body = await readObject(c.req.raw)
      const batch = parseBatch(body)
      const parsed = batch ?? only(validate(Evaluation, body))
      const decisions = await evaluate(deps, customerId, scope, parsed, freshness)
      if (!batch) return c.json(decisions[0] && presentEvaluated(decisions[0]))
      return c.json({ evaluations: decisions.map(presentEvaluated) })
    },
  }),
]

const only = (evaluation: Evaluation): Parsed => ({ evaluations: [evaluation], semantic: 'execute_all' })

/** Section 10.1.4: sends the caller's identifier back unchanged; logs have one that is safe. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const given = c.req.header('x-request-id')
  if (given && isAtDecisionPoint(c)) c.header('X-Request-Id', given)
}
