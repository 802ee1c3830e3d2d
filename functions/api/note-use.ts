import type { Facts, ResourceRef } from '../../shared/domain/decide.ts'
import { decide } from '../../shared/domain/decide.ts'
import { useOf } from '../../shared/domain/use.ts'
import { errorTrace } from '../../shared/http/error-trace.ts'
import type { ApiDeps } from './deps.ts'

/** What `decide` is asked. */
export type Question = { facts: Facts; action: string; ref: ResourceRef }

/** Tells what the user makes use of, if this is allowed. Whatever comes of telling it, the answer is the same. */
export function noteUse(
  { used, log }: Pick<ApiDeps, 'used' | 'log'>,
  { facts, action, ref }: Question,
  decision = decide(facts, action, ref),
): void {
  const { customer, user } = facts
  const use = customer && user && useOf(customer.id, user.id, action, decision, ref)
  if (!use) return
  try {
    used?.(use)
  } catch (error) {
    log('error', 'a use could not be told', { customerId: use.customerId, error: errorTrace(error) })
  }
}
