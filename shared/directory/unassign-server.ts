import type { Context, Plan } from './context.ts'
import { findPairToRevoke } from './pair.ts'
import { planRevocation } from './plan-pair.ts'

/** Ends an assignment. */
export async function unassignServer(
  context: Context,
  input: { customerId: string; serverId: string; user: string },
): Promise<Plan> {
  return planRevocation(context, await findPairToRevoke(context, input), 'server.unassigned')
}
