import type { Capability } from '../../domain/entities/capability.ts'
import type { Project } from '../../domain/entities/project.ts'
import { MainGrant, ProjectGrant } from '../../domain/entities/role.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import type { Context, Plan } from '../change/change-plan.ts'
import { planGrant, planRevocation } from './plan-grant.ts'
import type { Pair } from './target.ts'

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

/** Ends a membership, stored or derived from the type. */
export function revokeMembership(context: Context, pair: Pair): Plan<undefined> {
  return planRevocation(context, pair, 'membership.revoked')
}

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

/** Ends an assignment. */
export function unassignServer(context: Context, pair: Pair): Plan<undefined> {
  return planRevocation(context, pair, 'server.unassigned')
}
