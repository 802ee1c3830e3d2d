import type { Capability } from '../domain/capability.ts'
import type { Instant } from '../domain/instant.ts'
import type { Context, Plan } from './context.ts'
import { findPair } from './pair.ts'
import { planGrant } from './plan-pair.ts'

export type AssignServer = {
  customerId: string
  serverId: string
  user: string
  capabilities: readonly Capability[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Assignment of a server with these capabilities, in place of the one there was. */
export async function assignServer(context: Context, input: AssignServer): Promise<Plan> {
  return planGrant(context, await findPair(context, input), input, 'server.assigned')
}
