import type { Context, Plan } from './context.ts'
import { findPairToRevoke } from './pair.ts'
import { planRevocation } from './plan-pair.ts'

/** Ends a membership, stored or derived from the type. */
export async function revokeMembership(
  context: Context,
  input: { customerId: string; project: string; user: string },
): Promise<Plan> {
  return planRevocation(context, await findPairToRevoke(context, input), 'membership.revoked')
}
