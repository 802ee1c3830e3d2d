import type { AnswerDeps, Scope } from './caller/deps.ts'
import { evaluate } from './decisions/evaluate.ts'
import type { Freshness } from './caller/fresh-reads.ts'
import { type JsonObject, parseBatch, parseSingle } from './decisions/parse.ts'
import { presentEvaluated } from './decisions/present.ts'
import { searchActions, searchResources, searchSubjects } from './search/search.ts'

/** Answers a question about a customer, once it's known who asks. */
export type Endpoint = (
  deps: AnswerDeps,
  customerId: string,
  scope: Scope,
  body: JsonObject,
  freshness: Freshness,
) => Promise<object>

/** Of a decision point, by the path below `/access/v1/`: AuthZEN Authorization API 1.0. */
export const endpoints: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['evaluation', evaluateOne],
  ['evaluations', evaluateMany],
  ['search/subject', searchSubjects],
  ['search/resource', searchResources],
  ['search/action', searchActions],
])

async function evaluateOne(
  deps: AnswerDeps,
  customerId: string,
  scope: Scope,
  body: JsonObject,
  freshness: Freshness,
) {
  const [evaluated] = await evaluate(deps, customerId, scope, parseSingle(body), freshness)
  if (!evaluated) throw new Error('nothing was decided')
  return presentEvaluated(evaluated)
}

async function evaluateMany(
  deps: AnswerDeps,
  customerId: string,
  scope: Scope,
  body: JsonObject,
  freshness: Freshness,
) {
  const batch = parseBatch(body)
  if (!batch) return evaluateOne(deps, customerId, scope, body, freshness)
  const decisions = await evaluate(deps, customerId, scope, batch, freshness)
  return { evaluations: decisions.map(presentEvaluated) }
}
