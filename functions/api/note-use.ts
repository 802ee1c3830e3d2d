import type { Decision, Facts, ResourceRef } from '../../shared/domain/decide.ts'
import { decide } from '../../shared/domain/decide.ts'
import type { Use } from '../../shared/domain/use.ts'
import { useOf } from '../../shared/domain/use.ts'
import { errorTrace } from '../../shared/http/error-trace.ts'
import type { Access, ApiDeps } from './deps.ts'

/** What `decide` is asked. */
export type Question = { facts: Facts; action: string; ref: ResourceRef }

/**
 * Evidence of use is nothing that its subject makes by asking. It has two sources: an allowed decision that an enforcement
 * point asked for (`noteEnforced`), and a request of the user's own that the API has carried out (`noteCall`). None are what
 * people and operators ask the decision point, a dry run, a request that was refused or failed, an answer given again, and
 * what everybody may do about themselves (`useOf`).
 */
export function noteEnforced(deps: Noting, question: Question, decision: Decision): void {
  record(deps, useBy(question, decision))
}

/** To be called once the answer is certain. A request that only reads makes use of `read`, whatever right it takes. */
export function noteCall({ deps, access: { question } }: NotedCall, kind: 'read' | 'change'): void {
  if (!question) return
  const { facts, action, ref } = question
  const use = useBy(question, decide(facts, action, ref))
  record(deps, use && kind === 'read' ? { ...use, level: 'read' } : use)
}

type Noting = Pick<ApiDeps, 'used' | 'log'>
type NotedCall = { deps: Noting; access: Pick<Access, 'question'> }

function useBy({ facts: { customer, user }, action, ref }: Question, decision: Decision): Use | undefined {
  return customer && user && useOf(customer.id, user.id, action, decision, ref)
}

/** Whatever comes of it, the answer is the same. */
function record({ used, log }: Noting, use: Use | undefined): void {
  if (!use) return
  try {
    used?.(use)
  } catch (error) {
    log('error', 'a use could not be told', { customerId: use.customerId, error: errorTrace(error) })
  }
}
