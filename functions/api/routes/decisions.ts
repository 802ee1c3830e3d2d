import type { MiddlewareHandler } from 'hono'
import { Hono } from 'hono'
import type { Decision } from '../../../shared/domain/decide.ts'
import { validate } from '../../../shared/domain/validate.ts'
import { onProblem } from '../../../shared/http/on-problem.ts'
import { authenticate } from '../authenticate.ts'
import { customerIdOf } from '../authorize.ts'
import { evaluate, scopeOf } from '../decisions/evaluate.ts'
import type { Semantic } from '../decisions/parse.ts'
import { Evaluation, parseBatch, readObject } from '../decisions/parse.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { presentDecision } from '../representations/decision.ts'

/** AuthZEN Authorization API 1.0: the decision point of one customer. Errors are JSON strings (section 10.1.3). */
export function decisionRoutes(deps: ApiDeps) {
  const routes = new Hono<ApiEnv>()
  routes.onError(
    onProblem(deps.log, deps.publicUrl, (c, { detail, title, status }) => c.json(detail ?? title, status)),
  )
  routes.use(authenticate(deps))

  routes.post('/evaluation', async (c) => {
    const scope = await scopeOf(deps, c)
    const evaluation = validate(Evaluation, await readObject(c.req.raw))
    const [decision] = await evaluate(deps, customerIdOf(c), scope, [evaluation])
    return c.json(decision && presentDecision(decision))
  })

  routes.post('/evaluations', async (c) => {
    const scope = await scopeOf(deps, c)
    const body = await readObject(c.req.raw)
    const batch = parseBatch(body)
    const evaluations = batch?.evaluations ?? [validate(Evaluation, body)]
    const decisions = await evaluate(deps, customerIdOf(c), scope, evaluations)
    if (!batch) return c.json(decisions[0] && presentDecision(decisions[0]))
    return c.json({ evaluations: upToTheFirst(batch.semantic, decisions).map(presentDecision) })
  })

  return routes
}

/** Section 7.1.2: what ends an evaluation early is the last that is told. */
function upToTheFirst(semantic: Semantic, decisions: Decision[]): Decision[] {
  if (semantic === 'execute_all') return decisions
  const end = decisions.findIndex(({ allowed }) => allowed === (semantic === 'permit_on_first_permit'))
  return end < 0 ? decisions : decisions.slice(0, end + 1)
}

/** Section 10.1.4: the caller's identifier comes back as it is, whatever it looks like; logs have one that is safe. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const given = c.req.header('x-request-id')
  if (given) c.header('X-Request-Id', given)
}
