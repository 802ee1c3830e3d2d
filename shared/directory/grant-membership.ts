import type { Instant } from '../domain/instant.ts'
import { isMainName } from '../domain/project-name.ts'
import { MainGrant, ProjectGrant } from '../domain/role.ts'
import { validate } from '../domain/validate.ts'
import type { Context, Plan } from './context.ts'
import { findPair } from './pair.ts'
import { planGrant } from './plan-pair.ts'

export type GrantMembership = {
  customerId: string
  project: string
  user: string
  roles: readonly string[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Membership of a project with these roles, in place of the one there was. */
export async function grantMembership(context: Context, input: GrantMembership): Promise<Plan> {
  const isMain = isMainName(input.customerId, input.project)
  const { roles } = validate(isMain ? MainGrant : ProjectGrant, input)
  return planGrant(context, await findPair(context, input), { ...input, roles }, 'membership.granted')
}
