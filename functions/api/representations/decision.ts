import type { Decision } from '../../../shared/domain/decide.ts'

/** AuthZEN 1.0, section 5.5; the context says why. */
export function presentDecision({ allowed, reason }: Decision) {
  return { decision: allowed, context: { reason } }
}

/** Section 7.2.1: of a batch, one that couldn't be evaluated, and why. */
export function presentFailure({ error }: { error: string }) {
  return { decision: false, context: { error: { status: 400, message: error } } } as const
}
