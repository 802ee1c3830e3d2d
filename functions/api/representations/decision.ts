import type { Decision } from '../../../shared/domain/decide.ts'

/** AuthZEN 1.0, section 5.5; the context says why. */
export function presentDecision({ allowed, reason }: Decision) {
  return { decision: allowed, context: { reason } }
}
