import type { Context, Plan } from './context.ts'
import type { Pair } from './pair.ts'
import { planRevocation } from './plan-pair.ts'

/** Ends an assignment. */
export function unassignServer(context: Context, pair: Pair): Plan<undefined> {
  return planRevocation(context, pair, 'server.unassigned')
}
