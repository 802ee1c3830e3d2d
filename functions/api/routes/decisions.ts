import type { MiddlewareHandler } from 'hono'
import { validate } from '../../../shared/domain/validate.ts'
import { answerError } from '../answer-error.ts'
import { parameter } from '../call.ts'
import { evaluate, scopeOf } from '../decisions/evaluate.ts'
import { Batch, Evaluation, parseBatch, readObject } from '../decisions/parse.ts'
import type { ApiEnv } from '../deps.ts'
import { plain } from '../reading.ts'
import { presentDecision } from '../representations/decision.ts'
import type { Handler, Route } from '../route.ts'

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
      const [decision] = await evaluate(deps, parameter(call, 'c'), scope, [evaluation])
      return c.json(decision && presentDecision(decision))
    },
  }),
  plain({
    ...common,
    path: `${decisionPoint}/evaluations`,
    id: 'evaluateMany',
    summary: 'Up to fifty of these questions at once (AuthZEN 1.0)',
    body: Batch,
    answer: { status: 200, schema: 'evaluations' },
    reply: async (call) => {
      const { deps, c } = call
      const scope = await scopeOf(deps, c)
      const body = await readObject(c.req.raw)
      const batch = parseBatch(body)
      const evaluations = batch?.evaluations ?? [validate(Evaluation, body)]
      const decisions = await evaluate(deps, parameter(call, 'c'), scope, evaluations, batch?.semantic)
      if (!batch) return c.json(decisions[0] && presentDecision(decisions[0]))
      return c.json({ evaluations: decisions.map(presentDecision) })
    },
  }),
].map((route) => ({ ...route, handle: withTextErrors(route.handle) }))

/** Section 10.1.3: the body of an error is a JSON string. */
function withTextErrors(handle: Handler): Handler {
  return async (deps, c) => {
    try {
      return await handle(deps, c)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const answer = answerError(deps, (context, { detail, title, status }) =>
        context.json(detail ?? title, status),
      )
      return answer(error, c)
    }
  }
}

/** Section 10.1.4: the caller's identifier comes back as it is, whatever it looks like; logs have one that is safe. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const given = c.req.header('x-request-id')
  if (given) c.header('X-Request-Id', given)
}
