import type { Decision, Facts, ResourceRef } from '../domain/access/decide.ts'
import { type Instant, instantOf } from '../domain/values/instant.ts'
import { errorTrace } from '../runtime/error-trace.ts'
import type { Log } from '../runtime/log.ts'
import { isSeenOn, type SeenUser } from './last-seen.ts'
import { type Usage, usageOf } from './usage.ts'

/** Arguments of `decide`. */
export type Question = { facts: Facts; action: string; ref: ResourceRef }

export type UsageDeps = {
  log: Log
  /** Records that a user used a right; the response doesn't wait for it. */
  used?: ((use: Usage) => void) | undefined
  /** Records that a user has used a token of their own; the response doesn't wait for it. */
  seen?: ((user: SeenUser) => void) | undefined
}

/**
 * Usage is evidence that no user can make by asking. It has two sources: an allowed decision that an enforcement point asked
 * for (`recordEnforcedUsage`), and a request of the user's own that was carried out (`recordCallUsage`). Nothing is recorded
 * of decisions that people and operators ask for, dry runs, requests that were denied or failed, stored responses that are
 * sent again, and rights that everybody has on themselves (`usageOf`).
 */
export function recordEnforcedUsage(deps: UsageDeps, question: Question, decision: Decision): void {
  record(deps, usageBy(question, decision))
}

/** Call it once the response is certain. A request that only reads counts as `read`, whatever right it takes. */
export function recordCallUsage(deps: UsageDeps, usage: Usage | undefined, kind: 'read' | 'change'): void {
  record(deps, usage && kind === 'read' ? { ...usage, level: 'read' } : usage)
}

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
  { seen, log, now }: UsageDeps & { now: () => Date },
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
