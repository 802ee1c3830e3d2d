import type { Context } from 'hono'
import { createFactsReader, type Subject } from '../../../shared/directory/facts/read-facts.ts'
import { identify } from '../../../shared/directory/logins/identify.ts'
import { decide, type Decision, type Facts } from '../../../shared/domain/access/decide.ts'
import { parseEmail } from '../../../shared/domain/text/email.ts'
import { DomainError, MissingScopeError } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { loginContextOf } from '../authorization/authenticate.ts'
import { customerIdOf } from '../authorization/customer-rule.ts'
import { notFound } from '../authorization/denial.ts'
import type { ApiDeps, ApiEnv, Question } from '../authorization/deps.ts'
import { recordEnforcedUsage, recordSeen } from '../authorization/record-usage.ts'
import { type Freshness, withFreshReads } from './fresh-reads.ts'
import type { Evaluation, Failed, Parsed, Semantic } from './parse.ts'

/** The users a caller may ask about: `check` and operators about all, a user about itself. */
type Scope = {
  onlyUser?: string
  /** The caller is an enforcement point, which lets its user do what is allowed. */
  enforces?: true
}

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
  freshness: Freshness,
): Promise<(Decision | Failed)[]> {
  const at = instantOf(deps.now())
  const questions = await withFreshReads(deps.table, freshness, async (reads) => {
    const read = createFactsReader(reads, customerId, at)
    const factsFor = async ({ subject, resource }: Evaluation): Promise<Facts> => {
      if (onlyUser !== undefined) {
        const facts = await read({ userId: onlyUser }, resource)
        return isAboutItself(subject, facts) ? facts : denyOthers()
      }
      const known = subjectOf(subject)
      return known ? read(known, resource) : { ...noFacts, now: at }
    }
    return Promise.all(
      evaluations.map(async (evaluation): Promise<Question | Failed> => {
        if ('error' in evaluation) return evaluation
        const { action, resource } = evaluation
        return { facts: await factsFor(evaluation), action: action.name, ref: resource }
      }),
    )
  })
  const included = upToTheFirst(semantic, questions.map(decideOne))
  for (const each of included) {
    if (enforces && 'decision' in each) recordEnforcedUsage(deps, each.question, each.decision)
  }
  return included.map((each) => ('decision' in each ? each.decision : each))
}

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

function subjectOf({ type, id }: Evaluation['subject']): Subject | undefined {
  if (type === 'user') return { userId: id }
  return type === 'user_email' ? { email: id } : undefined
}

function isAboutItself({ type, id }: Evaluation['subject'], { user }: Facts): boolean {
  if (!user) return false
  return (type === 'user' && id === user.id) || (type === 'user_email' && parseEmail(id) === user.email)
}

function denyOthers(): never {
  throw new MissingScopeError('check', 'A user may ask for decisions about itself only.')
}
