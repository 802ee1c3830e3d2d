import type { RoleAssignment } from '../keystone/assignments.ts'
import type { KeystoneProject } from '../keystone/projects.ts'
import type { DesiredProject } from './desired.ts'
import type { Mapping } from './mapping.ts'
import { nameInKeystone, ourTag, ownerOf, projectTag } from './names.ts'
import { type Obstacle, takenName } from './obstacle.ts'
import { preferNamed, planUser } from './plan-user.ts'
import type { Snapshot } from './snapshot.ts'
import { type Assign, inOrder, type Step } from './step.ts'

export type KeystonePlan = {
  /** Keystone's id of the project; undefined where a step has yet to make it. */
  projectId: string | undefined
  /** In order of execution; empty if Keystone matches the directory. */
  steps: Step[]
  /** Names and texts that stay as they are, until people change something. */
  obstacles: Obstacle[]
  /** Roles of principals that aren't ours: they are left alone. */
  strangers: RoleAssignment[]
}

/** Facts about other projects. */
type NameFacts = {
  /** The name's holder is a project of ours with another name in the directory. */
  holderLeaves?: boolean
}

/** The steps from observed to desired state of a project and its members. Projects and users of others stay as they are. */
export function planProject(
  desired: DesiredProject,
  snapshot: Snapshot,
  mapping: Mapping,
  others: NameFacts = {},
): KeystonePlan {
  const { customerId, project } = desired
  const goes = project.status === 'deleting'
  const name = nameInKeystone(customerId, goes ? project.id : project.name)
  const all = snapshot.projectsTagged(projectTag(customerId, project.id))
  const [ours, ...surplus] = preferNamed(name, all)
  const steps = surplus.flatMap((one) => [...disable(one), ...strip(one, snapshot)])
  if (goes) {
    if (ours) steps.push(...remove(ours, name, snapshot, mapping))
    return { projectId: ours?.id, steps: inOrder(steps), obstacles: [], strangers: [] }
  }

  const room = freeName(desired, name, { ours, snapshot, others })
  if (room.obstacle && !ours)
    return { projectId: undefined, steps: inOrder(steps), obstacles: [room.obstacle], strangers: [] }
  steps.push(...room.steps)
  if (!ours) steps.push(create(desired, name, mapping))
  else steps.push(...update(ours, desired, room.obstacle ? ours.name : name))
  const members = planMembers(desired, ours, snapshot, mapping)
  return {
    projectId: ours?.id,
    steps: inOrder([...steps, ...members.steps]),
    obstacles: [...(room.obstacle ? [room.obstacle] : []), ...members.obstacles],
    strangers: members.strangers,
  }
}

/**
 * Renames the holder of the name if it is a project of ours that must not have it: one with exactly this name, as the
 * directory has no two of a customer, or one that is about to be renamed. Any other holder is an obstacle.
 */
function freeName(
  { customerId, project }: DesiredProject,
  name: string,
  { ours, snapshot, others }: { ours: KeystoneProject | undefined; snapshot: Snapshot; others: NameFacts },
): { steps: Step[]; obstacle?: Obstacle } {
  const holder = snapshot.projectHolding(name)
  if (!holder || holder.id === ours?.id) return { steps: [] }
  const owner = ownerOf(holder.tags)
  const isTwin = holder.tags.includes(projectTag(customerId, project.id))
  const leaves = holder.name === name || isTwin || others.holderLeaves === true
  if (!owner || !leaves)
    return { steps: [], obstacle: takenName({ what: 'project', name, holder }, customerId) }
  // Its Keystone id is a name that no other project can have.
  const change = { name: nameInKeystone(owner.customerId, holder.id) }
  return { steps: [{ do: 'change-project', id: holder.id, change, why: 'make-room', of: owner }] }
}

function create(
  { customerId, project, suspended }: DesiredProject,
  name: string,
  { domainId }: Mapping,
): Step {
  const identity = projectTag(customerId, project.id)
  const { description = '' } = project
  return {
    do: 'create-project',
    project: { domainId, name, description, enabled: !suspended, tags: [ourTag, identity], identity },
  }
}

function update(ours: KeystoneProject, { project, suspended }: DesiredProject, name: string): Step[] {
  const { id, enabled } = ours
  const steps = rename(ours, name)
  if (suspended) steps.push(...disable(ours))
  else if (!enabled) steps.push({ do: 'change-project', id, change: { enabled: true }, why: 'enable' })
  const { description = ours.description } = project
  if (description !== ours.description)
    steps.push({ do: 'change-project', id, change: { description }, why: 'describe' })
  return steps
}

function remove(ours: KeystoneProject, name: string, snapshot: Snapshot, { projectDelete }: Mapping): Step[] {
  // Disabling comes first: rights must not last until fifty assignments are gone, or a refused deletion works.
  if (projectDelete === 'delete') return [...disable(ours), { do: 'delete-project', id: ours.id }]
  return [...disable(ours), ...strip(ours, snapshot), ...rename(ours, name)]
}

function disable({ id, enabled }: KeystoneProject): Step[] {
  return enabled ? [{ do: 'change-project', id, change: { enabled: false }, why: 'disable' }] : []
}

function rename({ id, name: present }: KeystoneProject, name: string): Step[] {
  return present === name ? [] : [{ do: 'change-project', id, change: { name }, why: 'rename' }]
}

/** Removes all assignments, those of others too, as a deletion would. */
function strip({ id }: KeystoneProject, snapshot: Snapshot): Step[] {
  return snapshot.assignmentsOf(id).map((assignment) => ({ do: 'unassign', assignment }))
}

type MembersPlan = { steps: Step[]; obstacles: Obstacle[]; strangers: RoleAssignment[] }

/** Plans users, roles and assignments of a project; `ours` is the project, if it exists. */
function planMembers(
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
  for (const { userId, names, exists: there, id } of planned) {
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
