import type { Decision } from '../../../shared/domain/access/decide.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { errorTrace } from '../../../shared/runtime/error-trace.ts'
import { isSeenOn } from '../../../shared/usage/last-seen.ts'
import { type Usage, usageOf } from '../../../shared/usage/usage.ts'
import type { Access, ApiDeps, Question } from './deps.ts'

/**
 * Usage is evidence that no user can make by asking. It has two sources: an allowed decision that an enforcement point asked
 * for (`recordEnforcedUsage`), and a request of the user's own that the API has carried out (`recordCallUsage`). Nothing is
 * recorded of decisions that people and operators ask for, dry runs, requests that were denied or failed, stored responses
 * that are sent again, and rights that everybody has on themselves (`usageOf`).
 */
export function recordEnforcedUsage(deps: UsageDeps, question: Question, decision: Decision): void {
  record(deps, usageBy(question, decision))
}

/** Call it once the response is certain. A request that only reads counts as `read`, whatever right it takes. */
export function recordCallUsage({ deps, access: { usage } }: UsedCall, kind: 'read' | 'change'): void {
  record(deps, usage && kind === 'read' ? { ...usage, level: 'read' } : usage)
}

type UsageDeps = Pick<ApiDeps, 'used' | 'log'>
type UsedCall = { deps: UsageDeps; access: Pick<Access, 'usage'> }

/** Usage that a decision is evidence of; undefined for a denial, and where no grant was needed. */
export function usageBy(
  { facts: { customer, user }, action, ref }: Question,
  decision: Decision,
): Usage | undefined {
  return customer && user && usageOf(customer.id, user.id, action, decision, ref)
}

/** A failure is logged and doesn't change the response. */
function record({ used, log }: UsageDeps, usage: Usage | undefined): void {
  if (!usage) return
  try {
    used?.(usage)
  } catch (error) {
    log('error', 'a usage could not be recorded', { customerId: usage.customerId, error: errorTrace(error) })
  }
}

/**
 * Records that a user has used a token of their own, unless that is known of this day already. A failure is logged and
 * doesn't change the response.
 */
export function recordSeen(
  { seen, log, now }: Pick<ApiDeps, 'seen' | 'log' | 'now'>,
  {
    customerId,
    id: userId,
    lastSeenAt,
  }: { customerId: string; id: string; lastSeenAt?: Instant | undefined },
): void {
  if (isSeenOn(lastSeenAt, instantOf(now()))) return
  try {
    seen?.({ customerId, userId })
  } catch (error) {
    log('error', 'a sighting could not be reported', { customerId, error: errorTrace(error) })
  }
}
