import {
  type FactsQuestion,
  readDecisionFacts,
  type ReadFacts,
} from '../../../shared/directory/facts/decision-facts.ts'
import { findUserOfLogin } from '../../../shared/directory/logins/find-login.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { DomainError, MissingScopeError } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { recordCallUsage, recordSeen, usageBy } from '../../../shared/usage/record-usage.ts'
import type { AccessDeps, AnswerDeps, Scope } from './deps.ts'

/** Throws `unauthenticated` without a valid token, `forbidden` or `not-found` for one that is nobody's at the customer. */
export async function scopeOf(
  deps: AccessDeps,
  customerId: string,
  authorization: string | undefined,
): Promise<Scope> {
  const principal = await deps.verifyToken(authorization)
  if (principal.kind === 'operator') return {}
  if (principal.kind === 'check') return { enforces: true }
  if (principal.kind !== 'login') throw new DomainError('forbidden', 'The access token stands for no user.')
  const userId = await findUserOfLogin(deps.reads, customerId, principal, instantOf(deps.now()))
  if (userId === undefined) throw new DomainError('not-found', 'There is no such customer.')
  recordSeen(deps, { customerId, id: userId })
  return { userId }
}

/** Names the scope, so that a page's token is good for no other. */
export const scopeName = ({ userId, enforces }: Scope): string => userId ?? (enforces ? 'check' : 'operator')

/** The facts by which a user may ask about others or not. */
export const callerQuestion = (customerId: string, userId: string): FactsQuestion => ({
  subject: { userId },
  resource: { type: 'customer', id: customerId },
})

/**
 * Asking about others is a use of `user.read`, as reading them is. The caller's own rights are read strongly, however fresh
 * the answer has to be; `read`: if they were already. Throws `forbidden` without that right.
 */
export async function useRightToAsk(
  deps: AnswerDeps,
  customerId: string,
  userId: string,
  read?: ReadFacts,
): Promise<void> {
  const asked = callerQuestion(customerId, userId)
  const place = { customerId, now: instantOf(deps.now()) }
  const facts = read ?? (await readDecisionFacts(deps.reads, place, [asked]))[0]
  if (!facts) throw new Error('no facts were read')
  const question = { facts, action: 'user.read', ref: asked.resource }
  const decision = decide(facts, question.action, question.ref)
  if (!decision.allowed) {
    throw new MissingScopeError('check', 'Without user.read, a user may ask about itself only.')
  }
  recordCallUsage(deps, usageBy(question, decision), 'read')
}
