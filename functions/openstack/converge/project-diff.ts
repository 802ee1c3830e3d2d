import { readMembers } from '../../../shared/directory/grants/list-members.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { isLive, type Project } from '../../../shared/domain/entities/project.ts'
import { isRole } from '../../../shared/domain/entities/role.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { addMilliseconds, type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { RoleAssignment } from '../../../shared/openstack/keystone/assignments.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import { findAssigned, findFor, type Lists } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone } from '../../../shared/openstack/plan/names.ts'
import { type KeystonePlan, planProject } from '../../../shared/openstack/plan/plan-project.ts'
import type { Snapshot } from '../../../shared/openstack/plan/snapshot.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import type { ProjectRef } from '../../../shared/openstack/sync/store.ts'
import { membersChangedSince } from '../../../shared/records/audit-events.ts'
import { asAdmins, asCustomer } from '../../../shared/records/customers.ts'
import { listHolders } from '../../../shared/records/grants.ts'
import { asProject, listProjects } from '../../../shared/records/projects.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { allPages } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { OpenStackDeps } from '../run/deps.ts'
import { isToBeRenamed } from './name-conflicts.ts'

/** A project as it should be, and what Keystone lacks of it. */
export type ProjectDiff = DesiredState & { plan: KeystonePlan; others: string[] }

/**
 * Keystone is asked first: who is in the project there is read strongly as well, so that an index that lags takes nobody's
 * role away. `undefined`: there's no such project in the directory any more.
 */
export async function readProjectDiff(
  { table, keystone, mapping }: OpenStackDeps,
  ref: ProjectRef,
  lists: Lists,
  record: OpenStackRecord | undefined,
): Promise<ProjectDiff | undefined> {
  const assigned = await findAssigned(keystone, ref, lists)
  const others = [...oursAmong(assigned, lists), ...(await changedLately(table, ref, record))]
  const should = await readDesiredState(table, ref, others)
  if (!should) return undefined
  const { desired } = should
  const snapshot = await findFor(keystone, desired, lists, mapping, assigned)
  const holderLeaves = await doesHolderLeave(table, desired, snapshot)
  return { ...should, others, plan: planProject(desired, snapshot, mapping, { holderLeaves }) }
}

/** Asked of the directory only where Keystone's database takes two names of one customer for one. */
async function doesHolderLeave(
  table: Table,
  { customerId, project }: DesiredProject,
  snapshot: Snapshot,
): Promise<boolean> {
  const name = nameInKeystone(customerId, project.name)
  const holder = project.status === 'active' ? snapshot.projectHolding(name) : undefined
  if (!holder || holder.name === name) return false
  return isToBeRenamed(table, customerId, holder)
}

function oursAmong(assigned: readonly RoleAssignment[], { users }: Lists): string[] {
  const ids = new Set(assigned.map(({ principal }) => principal.id))
  return users.flatMap(({ id, latchkeyUserId = '' }) =>
    ids.has(id) && isId(latchkeyUserId) ? [latchkeyUserId] : [],
  )
}

/** Milliseconds after which an index is taken to know a grant that was committed before. */
const indexLag = 60_000
/** And how far the clocks of those who commit may differ, and a commit be late. */
const tolerance = 30_000

async function changedLately(
  table: Table,
  ref: ProjectRef,
  record: OpenStackRecord | undefined,
): Promise<string[]> {
  const since = addMilliseconds(instantOf(table.now()), -indexLag)
  if (record && (record.markedAt ?? '') < since) return []
  return membersChangedSince(table, ref, addMilliseconds(since, -tolerance))
}

/** A customer's OpenStack projects, those that are being deleted too. */
export async function projectsOf(table: Table, customerId: string): Promise<Project[]> {
  const projects: Project[] = []
  for await (const project of allPages((after) => listProjects(table, customerId, { after }))) {
    if (project.kind === 'openstack') projects.push(project)
  }
  return projects
}

export type DesiredState = {
  project: Versioned<Project>
  desired: DesiredProject
  /** When the first membership ends by itself. */
  expiresAt: Instant | undefined
}

/**
 * What the directory says of a project, also of one that is deleted; `undefined` where there is none. Whoever may be a
 * member is read strongly: those whom the index proposes, who are in by their type, and the `others`, whom the index may
 * not know yet.
 */
export async function readDesiredState(
  table: Table,
  { customerId, projectId }: ProjectRef,
  others: Iterable<string>,
): Promise<DesiredState | undefined> {
  const now = instantOf(table.now())
  const [customerItem, projectItem, adminsItem] = await table.getMany([
    keys.customer(customerId),
    keys.project(customerId, projectId),
    keys.admins(customerId),
  ])
  const [customer, project] = [asCustomer(customerItem), asProject(projectItem)]
  if (!customer || !project || project.kind === 'main') return undefined
  const byType = [customer.mainCustomerId, ...Object.keys(asAdmins(adminsItem)?.since ?? {})]
  const ids = new Set([...others, ...byType, ...(await holdersOf(table, customerId, projectId))])
  const members = (await readMembers(table, project, [...ids].sort())).filter(
    ({ membership }) => !isExpired(membership, now),
  )
  const { id, name, description } = project
  return {
    project,
    desired: {
      customerId,
      project: { id, name, description, status: isLive(project) ? 'active' : 'deleting' },
      suspended: customer.status !== 'active',
      members: members.map(({ user, membership }) => ({
        userId: user.id,
        email: user.email,
        active: user.status === 'active',
        roles: membership.roles.filter(isRole),
      })),
    },
    expiresAt: members.flatMap(({ membership }) => membership.expiresAt ?? []).sort()[0],
  }
}

async function holdersOf(table: Table, customerId: string, projectId: string): Promise<string[]> {
  const ids: string[] = []
  const project = { kind: 'project', id: projectId } as const
  for await (const id of allPages((after) => listHolders(table, customerId, project, { after }))) ids.push(id)
  return ids
}
