import type { Context, Plan } from './context.ts'
import type { Pair } from './pair.ts'
import { planRevocation } from './plan-pair.ts'

/** Ends a membership, stored or derived from the type. */
export function revokeMembership(context: Context, pair: Pair): Plan<undefined> {
  return planRevocation(context, pair, 'membership.revoked')
}
