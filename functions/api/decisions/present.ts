import type { Representation } from '../schemas.ts'
import type { Evaluated } from './evaluate.ts'
import type { Failed } from './parse.ts'

/** AuthZEN 1.0, section 5.5; the context gives the reason. */
function presentDecision({ allowed, reason, explanation }: Evaluated): Representation<'decision'> {
  return { decision: allowed, context: { reason, explanation } }
}

type OneOfBatch = Extract<Representation<'evaluations'>, { evaluations: unknown }>['evaluations'][number]

/** Section 7.2.1: of a batch, a decision or the error for which it couldn't be evaluated. */
export function presentEvaluated(evaluated: Evaluated | Failed): OneOfBatch {
  if (!('error' in evaluated)) return presentDecision(evaluated)
  return { decision: false, context: { error: { status: 400, message: evaluated.error } } }
}
