import {
  readDecisionFacts,
  type ReadFacts,
  type Subject,
} from '../../../shared/directory/facts/decision-facts.ts'
import { decide, type Decision } from '../../../shared/domain/access/decide.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { type Question, recordEnforcedUsage } from '../../../shared/usage/record-usage.ts'
import type { AnswerDeps, Scope } from '../caller/deps.ts'
import { type Freshness, withFreshReads } from '../caller/fresh-reads.ts'
import { callerQuestion, useRightToAsk } from '../caller/scope.ts'
import { explainTo, explanationAsked, type ShownExplanation } from './explain.ts'
import type { Evaluation, Failed, Parsed, Semantic } from './parse.ts'

/**
 * Returns decisions in the order of the questions, up to the one that ends them; a question that couldn't be parsed stays in
 * its place. Throws `forbidden` where a user without `user.read` asks about somebody else.
 */
export async function evaluate(
  deps: AnswerDeps,
  customerId: string,
  scope: Scope,
  { evaluations, semantic }: Parsed,
  freshness: Freshness,
): Promise<(Evaluated | Failed)[]> {
  const place = { customerId, now: instantOf(deps.now()) }
  const parsed = evaluations.filter((each): each is Evaluation => !('error' in each))
  const asked = parsed.map(({ subject, resource }) => ({ subject: subjectOf(subject), resource }))
  const { userId } = scope
  // The caller's own facts come with the others, if those are read strongly too.
  const own = userId !== undefined && freshness.consistent ? [callerQuestion(customerId, userId)] : []
  const facts = await withFreshReads(deps.reads, freshness, (reads, seen) =>
    readDecisionFacts(reads, place, [...asked, ...own], seen),
  )
  const ofCaller = facts.splice(asked.length)
  if (userId !== undefined && facts.some(({ user }) => user?.id !== userId)) {
    await useRightToAsk(deps, customerId, userId, ofCaller[0])
  }
  const factsOf = new Map(parsed.map((evaluation, index) => [evaluation, facts[index]]))
  const included = upToTheFirst(
    semantic,
    evaluations.map((each) => decideOne(each, factsOf)),
  )
  return included.map((each, index) => {
    if ('error' in each) return each
    const { question, decision } = each
    if (scope.enforces) recordEnforcedUsage(deps, question, decision)
    const explaining = explanationAsked(evaluations[index])
    return explaining ? { ...decision, explanation: explainTo(userId, question, explaining) } : decision
  })
}

/** A decision, explained where that was asked for. */
export type Evaluated = Decision & { explanation?: ShownExplanation }

type Decided = { question: Question; decision: Decision } | Failed

function decideOne(
  evaluation: Evaluation | Failed,
  factsOf: ReadonlyMap<object, ReadFacts | undefined>,
): Decided {
  if ('error' in evaluation) return evaluation
  const facts = factsOf.get(evaluation)
  if (!facts) throw new Error('no facts were read')
  const { action, resource: ref } = evaluation
  return { question: { facts, action: action.name, ref }, decision: decide(facts, action.name, ref) }
}

/** Section 7.1.2: the decision that ends an evaluation early is the last one; a question that failed counts as denied. */
function upToTheFirst(semantic: Semantic, all: Decided[]): Decided[] {
  if (semantic === 'execute_all') return all
  const isPermit = semantic === 'permit_on_first_permit'
  const end = all.findIndex((each) => ('decision' in each && each.decision.allowed) === isPermit)
  return end < 0 ? all : all.slice(0, end + 1)
}

function subjectOf({ type, id }: Evaluation['subject']): Subject | undefined {
  if (type === 'user') return { userId: id }
  return type === 'user_email' ? { email: id } : undefined
}
