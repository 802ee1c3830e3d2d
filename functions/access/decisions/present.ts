import type { Evaluated } from './evaluate.ts'
import type { Failed } from './parse.ts'

/**
 * AuthZEN 1.0, sections 5.5 and 7.2.1: a decision, whose context gives the reason, or the error for which one of a batch
 * couldn't be evaluated.
 */
export function presentEvaluated(evaluated: Evaluated | Failed) {
  if (!('error' in evaluated)) return present(evaluated)
  return { decision: false, context: { error: { status: 400, message: evaluated.error } } }
}

const present = ({ allowed, reason, explanation }: Evaluated) => ({
  decision: allowed,
  context: { reason, explanation },
})
