import type { Capability } from '../domain/capability.ts'
import type { Instant } from '../domain/instant.ts'
import type { Context, Plan } from './context.ts'
import type { Pair } from './pair.ts'
import { planGrant } from './plan-pair.ts'

export type AssignServer = {
  capabilities: readonly Capability[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Assignment of the pair's server with these capabilities, in place of the one there was. */
export function assignServer(context: Context, pair: Pair, input: AssignServer): Plan<Pair> {
  const { capabilities, expiresAt, reason } = input
  return planGrant(context, pair, { capabilities, expiresAt, reason }, 'server.assigned')
}
