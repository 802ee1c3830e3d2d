import type { Decision } from '../../../shared/domain/access/decide.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { errorTrace } from '../../../shared/runtime/error-trace.ts'
import { isSeenOn } from '../../../shared/usage/last-seen.ts'
import { type Usage, usageOf } from '../../../shared/usage/usage.ts'
import type { Access, ApiDeps, Question } from './deps.ts'

/**
 * Evidence of use is nothing that its subject makes by asking. It has two sources: an allowed decision that an enforcement
 * point asked for (`noteEnforced`), and a request of the user's own that the API has carried out (`noteCall`). None are what
 * people and operators ask the decision point, a dry run, a request that was refused or failed, an answer given again, and
 * what everybody may do about themselves (`useOf`).
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

/** Whatever comes of it, the answer is the same. */
function record({ used, log }: UsageDeps, use: Usage | undefined): void {
  if (!use) return
  try {
    used?.(use)
  } catch (error) {
    log('error', 'a use could not be told', { customerId: use.customerId, error: errorTrace(error) })
  }
}

/**
 * Reports that a user has used a token of their own, unless it is known of this day already. Whatever comes of reporting it,
 * the answer is the same.
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
