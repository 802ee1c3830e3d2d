import * as v from 'valibot'
import { parseCompleteList } from '../transport/answer.ts'
import { isKeystoneError } from '../transport/errors.ts'
import { type Keystone, pathTo } from './client.ts'

const Named = v.object({ id: v.string(), name: v.optional(v.string(), '') })

const Listed = v.object({
  role: Named,
  user: v.optional(Named),
  group: v.optional(Named),
  scope: v.object({ project: v.optional(Named), 'OS-INHERIT:inherited_to': v.optional(v.string()) }),
})

/** A role of a user or a group in a project, as it was assigned: without the effects of groups and implied roles. */
export type RoleAssignment = {
  projectId: string
  role: { id: string; name: string }
  principal: { kind: 'user' | 'group'; id: string; name: string }
  /** Valid in the child projects, and not in this one. */
  inherited: boolean
}

/** Lists by project or user; `{}` lists all assignments in one response. */
type AssignmentFilter = { projectId?: string; userId?: string }

/** Leaves out assignments on domains and the system; returns none where there is no such project. */
export async function listAssignments(
  keystone: Keystone,
  { projectId, userId }: AssignmentFilter,
): Promise<RoleAssignment[]> {
  return list(keystone, {
    ...(projectId !== undefined && { 'scope.project.id': projectId }),
    ...(userId !== undefined && { 'user.id': userId }),
  })
}

type Grant = { projectId: string; userId: string; roleId: string }

/** Idempotent. Throws `not-found` where one of the three is missing, `forbidden` where our login lacks the right. */
export async function assignRole(keystone: Keystone, { projectId, userId, roleId }: Grant): Promise<void> {
  const path = pathTo('projects', projectId, 'users', userId, 'roles', roleId)
  await keystone.call({ method: 'PUT', path, expect: 204 })
}

/** Idempotent, also where one of the three is gone. */
export async function unassignRole(keystone: Keystone, assignment: RoleAssignment): Promise<void> {
  const { projectId, principal, role, inherited } = assignment
  const plain = pathTo('projects', projectId, `${principal.kind}s`, principal.id, 'roles', role.id)
  const path = inherited ? `${pathTo('OS-INHERIT')}${plain}${pathTo('inherited_to_projects')}` : plain
  try {
    await keystone.call({ method: 'DELETE', path, expect: 204 })
  } catch (error) {
    if (!isKeystoneError(error, 'not-found')) throw error
  }
}

async function list(keystone: Keystone, filter: Record<string, string>): Promise<RoleAssignment[]> {
  // The parameter is true if present, whatever its value.
  const query = { ...filter, include_names: 'true' }
  const json = await keystone.call({ method: 'GET', path: pathTo('role_assignments'), query, expect: 200 })
  return parseCompleteList('role_assignments', Listed, json).flatMap(({ role, user, group, scope }) => {
    const [kind, principal] = user ? (['user', user] as const) : (['group', group] as const)
    if (!scope.project || !principal) return []
    const inherited = scope['OS-INHERIT:inherited_to'] !== undefined
    return [{ projectId: scope.project.id, role, principal: { kind, ...principal }, inherited }]
  })
}
