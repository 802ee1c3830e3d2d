import type { Capability } from '../../domain/entities/capability.ts'
import type { Project } from '../../domain/entities/project.ts'
import { MainGrant, ProjectGrant } from '../../domain/entities/role.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import type { Context, ChangePlan } from '../change/change-plan.ts'
import { planGrant, planRevocation } from './plan-grant.ts'
import type { GrantTarget } from './target.ts'

type GrantMembership = {
  roles: readonly string[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Grants membership of the target's project with these roles, in place of any earlier one. */
export function grantMembership(
  context: Context,
  target: GrantTarget,
  input: GrantMembership,
): ChangePlan<GrantTarget> {
  const { roles } = checkRoles({ kind: target.resource.kind === 'main' ? 'main' : 'openstack' }, input)
  const { expiresAt, reason } = input
  return planGrant(context, target, { roles, expiresAt, reason }, 'membership.granted')
}

/** Returns the roles for a project of that kind. Throws `invalid-request`. */
export function checkRoles({ kind }: Pick<Project, 'kind'>, input: Pick<GrantMembership, 'roles'>) {
  return validate(kind === 'main' ? MainGrant : ProjectGrant, input)
}

/** Ends a membership, stored or derived from the type. */
export function revokeMembership(context: Context, target: GrantTarget): ChangePlan<undefined> {
  return planRevocation(context, target, 'membership.revoked')
}

type AssignServer = {
  capabilities: readonly Capability[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Assigns the target's server with these capabilities, in place of any earlier assignment. */
export function assignServer(
  context: Context,
  target: GrantTarget,
  input: AssignServer,
): ChangePlan<GrantTarget> {
  const { capabilities, expiresAt, reason } = input
  return planGrant(context, target, { capabilities, expiresAt, reason }, 'server.assigned')
}

/** Ends an assignment. */
export function unassignServer(context: Context, target: GrantTarget): ChangePlan<undefined> {
  return planRevocation(context, target, 'server.unassigned')
}
