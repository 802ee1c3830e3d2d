import type { Instant } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
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
  const { roles } = checkRoles({ kind: pair.end.kind === 'main' ? 'main' : 'openstack' }, input)
  const { expiresAt, reason } = input
  return planGrant(context, pair, { roles, expiresAt, reason }, 'membership.granted')
}

/** The roles, as a project of that kind has them. Throws `invalid-request`. */
export function checkRoles({ kind }: Pick<Project, 'kind'>, input: Pick<GrantMembership, 'roles'>) {
  return validate(kind === 'main' ? MainGrant : ProjectGrant, input)
}
