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
import type { Evaluation, Failed, Parsed, Semantic } from './parse.ts'

/** About whom a caller may ask: `check` and operators about everybody, a user about itself. */
export type Scope = {
  onlyUser?: string
  /** An enforcement point asks, which lets somebody do what is allowed. */
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
 * Decisions in the order asked, up to the one that ends them; what can't be evaluated stays what it is. What several of them
 * need is read once.
 */
export async function evaluate(
  deps: ApiDeps,
  customerId: string,
  { onlyUser, enforces }: Scope,
  { evaluations, semantic }: Parsed,
): Promise<(Decision | Failed)[]> {
  const at = instantOf(deps.now())
  const read = createFactsReader(deps.table, customerId, at)
  const factsFor = async ({ subject, resource }: Evaluation): Promise<Facts> => {
    if (onlyUser !== undefined) {
      const facts = await read({ userId: onlyUser }, resource)
      return asksAboutItself(subject, facts) ? facts : refuse()
    }
    const known = knownSubject(subject)
    return known ? read(known, resource) : { ...nothing, now: at }
  }
  const questions = await Promise.all(
    evaluations.map(async (evaluation): Promise<Question | Failed> => {
      if ('error' in evaluation) return evaluation
      const { action, resource } = evaluation
      return { facts: await factsFor(evaluation), action: action.name, ref: resource }
    }),
  )
  const told = upToTheFirst(semantic, questions.map(answered))
  for (const each of told) {
    if (enforces && 'decision' in each) recordEnforcedUsage(deps, each.question, each.decision)
  }
  return told.map((each) => ('decision' in each ? each.decision : each))
}

type Answered = { question: Question; decision: Decision } | Failed

function answered(question: Question | Failed): Answered {
  if ('error' in question) return question
  const { facts, action, ref } = question
  return { question, decision: decide(facts, action, ref) }
}

/** Section 7.1.2: what ends an evaluation early is the last that is told; what can't be evaluated counts as a denial. */
function upToTheFirst(semantic: Semantic, all: Answered[]): Answered[] {
  if (semantic === 'execute_all') return all
  const isPermit = semantic === 'permit_on_first_permit'
  const end = all.findIndex((each) => ('decision' in each && each.decision.allowed) === isPermit)
  return end < 0 ? all : all.slice(0, end + 1)
}

const nothing = {
  customer: undefined,
  user: undefined,
  grants: new Map(),
  main: undefined,
  resource: undefined,
}

function knownSubject({ type, id }: Evaluation['subject']): Subject | undefined {
  if (type === 'user') return { userId: id }
  return type === 'user_email' ? { email: id } : undefined
}

function asksAboutItself({ type, id }: Evaluation['subject'], { user }: Facts): boolean {
  if (!user) return false
  return (type === 'user' && id === user.id) || (type === 'user_email' && parseEmail(id) === user.email)
}

function refuse(): never {
  throw new MissingScopeError('check', 'A user may ask for decisions about itself only.')
}
