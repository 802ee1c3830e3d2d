import type { RoleAssignment } from '../assignments.ts'
import type { KeystoneProject } from '../projects.ts'
import type { Mapping } from './mapping.ts'
import { nameInKeystone, ourTag, ownerOf, projectTag } from './names.ts'
import { planMembers } from './plan-members.ts'
import { meantFirst, type Obstacle } from './plan-user.ts'
import type { Snapshot } from './snapshot.ts'
import { inOrder, type Step } from './step.ts'
import type { Wanted } from './wanted.ts'

export type Plan = {
  /** Keystone's id of the project; undefined where a step has yet to make it. */
  projectId: string | undefined
  /** In the order in which they are to be made; none where all is as it should be. */
  steps: Step[]
  /** What stays undone because of a name. */
  obstacles: Obstacle[]
  /** Roles that somebody who isn't ours has in the project: left alone, and worth a report. */
  strangers: RoleAssignment[]
}

/** The difference between what should be and what is, of a project and its members. Touches nothing that isn't ours. */
export function planProject(wanted: Wanted, snapshot: Snapshot, mapping: Mapping): Plan {
  const { customerId, project } = wanted
  const goes = project.status === 'deleting'
  const name = nameInKeystone(customerId, goes ? project.id : project.name)
  const all = snapshot.projectsTagged(projectTag(customerId, project.id))
  const [ours, ...surplus] = meantFirst(name, all)
  const steps = surplus.flatMap((one) => [...disable(one), ...strip(one, snapshot)])
  if (goes) {
    if (ours) steps.push(...remove(ours, name, snapshot, mapping))
    return { projectId: ours?.id, steps: inOrder(steps), obstacles: [], strangers: [] }
  }

  const room = findRoom(name, ours, snapshot)
  if (room.obstacle && !ours)
    return { projectId: undefined, steps: inOrder(steps), obstacles: [room.obstacle], strangers: [] }
  steps.push(...room.steps)
  if (!ours) steps.push(create(wanted, name, mapping))
  else steps.push(...correct(ours, wanted, room.obstacle ? ours.name : name))
  const members = planMembers(wanted, ours, snapshot, mapping)
  return {
    projectId: ours?.id,
    steps: inOrder([...steps, ...members.steps]),
    obstacles: [...(room.obstacle ? [room.obstacle] : []), ...members.obstacles],
    strangers: members.strangers,
  }
}

/** Whoever of ours has the name gives it away; somebody else keeps it. */
function findRoom(
  name: string,
  ours: KeystoneProject | undefined,
  snapshot: Snapshot,
): { steps: Step[]; obstacle?: Obstacle } {
  const holder = snapshot.projectNamed(name)
  if (!holder || holder.id === ours?.id) return { steps: [] }
  const owner = ownerOf(holder.tags)
  if (!owner) return { steps: [], obstacle: { what: 'project', name, holderId: holder.id } }
  // By Keystone's id, which nothing else can be called by.
  const change = { name: nameInKeystone(owner.customerId, holder.id) }
  return { steps: [{ do: 'change-project', id: holder.id, change, why: 'make-room', of: owner }] }
}

function create({ customerId, project, suspended }: Wanted, name: string, { domainId }: Mapping): Step {
  const identity = projectTag(customerId, project.id)
  const { description = '' } = project
  return {
    do: 'create-project',
    project: { domainId, name, description, enabled: !suspended, tags: [ourTag, identity], identity },
  }
}

function correct(ours: KeystoneProject, { project, suspended }: Wanted, name: string): Step[] {
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
  // Disabled first, so that nobody's right waits for fifty assignments to go, or for a deletion that is refused.
  if (projectDelete === 'delete') return [...disable(ours), { do: 'delete-project', id: ours.id }]
  return [...disable(ours), ...strip(ours, snapshot), ...rename(ours, name)]
}

function disable({ id, enabled }: KeystoneProject): Step[] {
  return enabled ? [{ do: 'change-project', id, change: { enabled: false }, why: 'disable' }] : []
}

function rename({ id, name: present }: KeystoneProject, name: string): Step[] {
  return present === name ? [] : [{ do: 'change-project', id, change: { name }, why: 'rename' }]
}

/** Of everybody, strangers too, as if it were deleted. */
function strip({ id }: KeystoneProject, snapshot: Snapshot): Step[] {
  return snapshot.assignmentsOf(id).map((assignment) => ({ do: 'unassign', assignment }))
}
