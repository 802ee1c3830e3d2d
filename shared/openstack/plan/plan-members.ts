import type { RoleAssignment } from '../keystone/assignments.ts'
import type { KeystoneProject } from '../keystone/projects.ts'
import type { DesiredProject } from './desired.ts'
import type { Mapping } from './mapping.ts'
import type { Obstacle } from './obstacle.ts'
import { planUser } from './plan-user.ts'
import type { Snapshot } from './snapshot.ts'
import type { Assign, Step } from './step.ts'

export type MembersPlan = { steps: Step[]; obstacles: Obstacle[]; strangers: RoleAssignment[] }

/** Users, roles and assignments of a project; `ours` is the project itself where it is there already. */
export function planMembers(
  { customerId, members }: DesiredProject,
  ours: KeystoneProject | undefined,
  snapshot: Snapshot,
  mapping: Mapping,
): MembersPlan {
  const planned = members.map(({ userId, email, active, roles }) => {
    const status = active ? ('active' as const) : ('disabled' as const)
    const names = new Set(roles.map(mapping.roleName))
    return {
      userId,
      names,
      ...planUser({ customerId, userId, email, status }, snapshot, mapping, { create: true }),
    }
  })
  const present = ours ? snapshot.assignmentsOf(ours.id) : []
  const missing: Assign[] = []
  const kept = new Set<RoleAssignment>()
  for (const { userId, names, there, id } of planned) {
    const held = present.filter(({ principal, inherited }) => principal.id === id && !inherited)
    for (const name of there ? names : []) {
      const roleId = snapshot.roleNamed(name)?.id
      const has = held.find(({ role }) => role.id === roleId)
      if (has) kept.add(has)
      else missing.push({ do: 'assign', userId, id, role: name, roleId })
    }
  }
  const superfluous = present.filter((one) => snapshot.isOurs(one.principal.id) && !kept.has(one))
  const newRoles = new Set(missing.filter(({ roleId }) => roleId === undefined).map(({ role }) => role))
  return {
    steps: [
      ...superfluous.map((assignment): Step => ({ do: 'unassign', assignment })),
      ...planned.flatMap(({ steps }) => steps),
      ...[...newRoles].map((name): Step => ({ do: 'create-role', name })),
      ...missing,
    ],
    obstacles: planned.flatMap(({ obstacle }) => (obstacle ? [obstacle] : [])),
    strangers: present.filter(({ principal }) => !snapshot.isOurs(principal.id)),
  }
}
