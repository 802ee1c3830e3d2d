import type { RoleAssignment } from '../keystone/assignments.ts'
import type { KeystoneProject } from '../keystone/projects.ts'
import type { DesiredProject } from './desired.ts'
import type { Mapping } from './mapping.ts'
import { nameInKeystone, ourTag, ownerOf, projectTag } from './names.ts'
import { type Obstacle, takenName } from './obstacle.ts'
import { planMembers } from './plan-members.ts'
import { meantFirst } from './plan-user.ts'
import type { Snapshot } from './snapshot.ts'
import { inOrder, type Step } from './step.ts'

export type KeystonePlan = {
  /** Keystone's id of the project; undefined where a step has yet to make it. */
  projectId: string | undefined
  /** In the order in which they are to be made; none where all is as it should be. */
  steps: Step[]
  /** What stays undone because of a name. */
  obstacles: Obstacle[]
  /** Roles that somebody who isn't ours has in the project: left alone, and worth a report. */
  strangers: RoleAssignment[]
}

/** What the plan of one project can't know of others. */
export type Others = {
  /** The directory calls the project of ours that has the name otherwise by now. */
  holderLeaves?: boolean
}

/** The difference between what should be and what is, of a project and its members. Touches nothing that isn't ours. */
export function planProject(
  desired: DesiredProject,
  snapshot: Snapshot,
  mapping: Mapping,
  others: Others = {},
): KeystonePlan {
  const { customerId, project } = desired
  const goes = project.status === 'deleting'
  const name = nameInKeystone(customerId, goes ? project.id : project.name)
  const all = snapshot.projectsTagged(projectTag(customerId, project.id))
  const [ours, ...surplus] = meantFirst(name, all)
  const steps = surplus.flatMap((one) => [...disable(one), ...strip(one, snapshot)])
  if (goes) {
    if (ours) steps.push(...remove(ours, name, snapshot, mapping))
    return { projectId: ours?.id, steps: inOrder(steps), obstacles: [], strangers: [] }
  }

  const room = findRoom(desired, name, { ours, snapshot, others })
  if (room.obstacle && !ours)
    return { projectId: undefined, steps: inOrder(steps), obstacles: [room.obstacle], strangers: [] }
  steps.push(...room.steps)
  if (!ours) steps.push(create(desired, name, mapping))
  else steps.push(...correct(ours, desired, room.obstacle ? ours.name : name))
  const members = planMembers(desired, ours, snapshot, mapping)
  return {
    projectId: ours?.id,
    steps: inOrder([...steps, ...members.steps]),
    obstacles: [...(room.obstacle ? [room.obstacle] : []), ...members.obstacles],
    strangers: members.strangers,
  }
}

/**
 * A project of ours that has the name by mistake gives it away: one that is called exactly so, since no two of a customer
 * are in the directory, or one that is about to be called otherwise. What is called otherwise by right keeps its name.
 */
function findRoom(
  { customerId, project }: DesiredProject,
  name: string,
  { ours, snapshot, others }: { ours: KeystoneProject | undefined; snapshot: Snapshot; others: Others },
): { steps: Step[]; obstacle?: Obstacle } {
  const holder = snapshot.projectHolding(name)
  if (!holder || holder.id === ours?.id) return { steps: [] }
  const owner = ownerOf(holder.tags)
  const isTwin = holder.tags.includes(projectTag(customerId, project.id))
  const leaves = holder.name === name || isTwin || others.holderLeaves === true
  if (!owner || !leaves)
    return { steps: [], obstacle: takenName({ what: 'project', name, holder }, customerId) }
  // By Keystone's id, which nothing else can be called by.
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

function correct(ours: KeystoneProject, { project, suspended }: DesiredProject, name: string): Step[] {
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
