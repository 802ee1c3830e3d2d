import type { Instant } from '../domain/instant.ts'
import { MainGrant, ProjectGrant } from '../domain/role.ts'
import { validate } from '../domain/validate.ts'
import type { Context, Plan } from './context.ts'
import type { Pair } from './pair.ts'
import { planGrant } from './plan-pair.ts'

export type GrantMembership = {
  roles: readonly string[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Membership of the pair's project with these roles, in place of the one there was. */
export function grantMembership(context: Context, pair: Pair, input: GrantMembership): Plan<Pair> {
  const { roles } = validate(pair.end.kind === 'main' ? MainGrant : ProjectGrant, input)
  const { expiresAt, reason } = input
  return planGrant(context, pair, { roles, expiresAt, reason }, 'membership.granted')
}
