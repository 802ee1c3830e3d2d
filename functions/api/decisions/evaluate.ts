import type { Context } from 'hono'
import { createFactsReader } from '../../../shared/directory/facts/read-facts.ts'
import { identify } from '../../../shared/directory/logins/identify.ts'
import { decide, type Decision, type Facts } from '../../../shared/domain/access/decide.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { loginContextOf } from '../authorization/authenticate.ts'
import { customerIdOf } from '../authorization/customer-rule.ts'
import { notFound } from '../authorization/denial.ts'
import type { ApiDeps, ApiEnv, Question } from '../authorization/deps.ts'
import { recordEnforcedUsage, recordSeen } from '../authorization/record-usage.ts'
import type { Evaluation, Failed, Parsed, Semantic } from './parse.ts'
import { explainTo, explanationAsked, type ShownExplanation } from './explain.ts'
import { aboutItselfOnly, isAboutItself, maySeeOthers, type Scope, subjectOf } from './scope.ts'

export async function scopeOf(deps: ApiDeps, c: Context<ApiEnv>): Promise<Scope> {
  const principal = c.get('principal')
  if (principal.kind === 'operator') return {}
  if (principal.kind === 'check') return { enforces: true }
  if (principal.kind !== 'login') throw new DomainError('forbidden', 'The access token stands for no user.')
  const userId = await identify(loginContextOf(deps, c), customerIdOf(c), principal)
  if (userId === undefined) throw notFound('customer')
  recordSeen(deps, { customerId: customerIdOf(c), id: userId })
  return { onlyUser: userId }
}

/**
 * Returns decisions in the order of the questions, up to the one that ends them; a question that couldn't be parsed stays in
 * its place. Facts that several of them need are read once.
 */
export async function evaluate(
  deps: ApiDeps,
  customerId: string,
  { onlyUser, enforces }: Scope,
  { evaluations, semantic }: Parsed,
): Promise<(Evaluated | Failed)[]> {
  const at = instantOf(deps.now())
  const read = createFactsReader(deps.table, customerId, at)
  const factsFor = async ({ subject, resource }: Evaluation): Promise<Facts> => {
    if (onlyUser !== undefined) {
      const facts = await read({ userId: onlyUser }, resource)
      if (isAboutItself(subject, facts)) return facts
      if (!maySeeOthers(facts)) throw aboutItselfOnly()
    }
    const known = subjectOf(subject)
    return known ? read(known, resource) : { ...noFacts, now: at }
  }
  const questions = await Promise.all(
    evaluations.map(async (evaluation): Promise<Question | Failed> => {
      if ('error' in evaluation) return evaluation
      const { action, resource } = evaluation
      return { facts: await factsFor(evaluation), action: action.name, ref: resource }
    }),
  )
  const included = upToTheFirst(semantic, questions.map(decideOne))
  return included.map((each, place) => {
    if ('error' in each) return each
    const asked = explanationAsked(evaluations[place])
    if (asked) return { ...each.decision, explanation: explainTo({ onlyUser }, each.question, asked) }
    if (enforces) recordEnforcedUsage(deps, each.question, each.decision)
    return each.decision
  })
}

/** A decision, explained where that was asked for. */
export type Evaluated = Decision & { explanation?: ShownExplanation }

type Decided = { question: Question; decision: Decision } | Failed

function decideOne(question: Question | Failed): Decided {
  if ('error' in question) return question
  const { facts, action, ref } = question
  return { question, decision: decide(facts, action, ref) }
}

/** Section 7.1.2: the decision that ends an evaluation early is the last one; a question that failed counts as denied. */
function upToTheFirst(semantic: Semantic, all: Decided[]): Decided[] {
  if (semantic === 'execute_all') return all
  const isPermit = semantic === 'permit_on_first_permit'
  const end = all.findIndex((each) => ('decision' in each && each.decision.allowed) === isPermit)
  return end < 0 ? all : all.slice(0, end + 1)
}

const noFacts = {
  customer: undefined,
  user: undefined,
  grants: new Map(),
  main: undefined,
  resource: undefined,
}
