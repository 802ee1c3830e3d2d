import { readMembers } from '../../../shared/directory/grants/list-members.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { isLive, type Project } from '../../../shared/domain/entities/project.ts'
import { isRole } from '../../../shared/domain/entities/role.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { addMilliseconds, type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { RoleAssignment } from '../../../shared/openstack/keystone/assignments.ts'
import type { KeystoneProject } from '../../../shared/openstack/keystone/projects.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import { findAssigned, findFor, type Lists } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
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

/** The desired state of a project, and the steps that Keystone needs to match it. */
export type ProjectDiff = DesiredState & { plan: KeystonePlan; candidateIds: string[] }

/**
 * Reads Keystone first: users with a role in the project are then read strongly too, so that a lagging index takes
 * nobody's role away. Returns undefined if the directory has no such project.
 */
export async function readProjectDiff(
  { table, keystone, mapping }: OpenStackDeps,
  ref: ProjectRef,
  lists: Lists,
  record: OpenStackRecord | undefined,
): Promise<ProjectDiff | undefined> {
  const assigned = await findAssigned(keystone, ref, lists)
  const candidateIds = [...userIdsIn(assigned, lists), ...(await recentlyChanged(table, ref, record))]
  const state = await readDesiredState(table, ref, candidateIds)
  if (!state) return undefined
  const { desired } = state
  const snapshot = await findFor(keystone, desired, lists, mapping, assigned)
  const holderLeaves = await doesHolderLeave(table, desired, snapshot)
  return { ...state, candidateIds, plan: planProject(desired, snapshot, mapping, { holderLeaves }) }
}

/** Reads the directory only where Keystone's database takes two names of one customer for one. */
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

/** True if Keystone has another name than the directory for a project of this customer: that project's run renames it. */
export async function isToBeRenamed(
  table: Table,
  customerId: string,
  { name, tags }: KeystoneProject,
): Promise<boolean> {
  const owner = ownerOf(tags)
  if (owner?.customerId !== customerId) return false
  const project = asProject(await table.get(keys.project(customerId, owner.projectId)))
  return (
    project !== undefined && name !== nameInKeystone(customerId, isLive(project) ? project.name : project.id)
  )
}

/** Our ids of the users with an assignment. */
function userIdsIn(assigned: readonly RoleAssignment[], { users }: Lists): string[] {
  const ids = new Set(assigned.map(({ principal }) => principal.id))
  return users.flatMap(({ id, latchkeyUserId = '' }) =>
    ids.has(id) && isId(latchkeyUserId) ? [latchkeyUserId] : [],
  )
}

/** Milliseconds after which an index is taken to have a committed grant. */
const indexLag = 60_000
/** Milliseconds by which the clocks of writers may differ, or a commit be late. */
const tolerance = 30_000

/** Members whom the index may not have yet. */
async function recentlyChanged(
  table: Table,
  ref: ProjectRef,
  record: OpenStackRecord | undefined,
): Promise<string[]> {
  const since = addMilliseconds(instantOf(table.now()), -indexLag)
  if (record && (record.markedAt ?? '') < since) return []
  return membersChangedSince(table, ref, addMilliseconds(since, -tolerance))
}

/** A customer's OpenStack projects, those that are being deleted too. */
export async function listOpenStackProjects(table: Table, customerId: string): Promise<Project[]> {
  const projects: Project[] = []
  for await (const project of allPages((after) => listProjects(table, customerId, { after }))) {
    if (project.kind === 'openstack') projects.push(project)
  }
  return projects
}

type DesiredState = {
  project: Versioned<Project>
  desired: DesiredProject
  /** When the first membership expires. */
  expiresAt: Instant | undefined
}

/**
 * Reads a project's desired state from the directory, that of a deleted one too; undefined if there was never one. Every
 * possible member is read strongly: the users in the index, the implicit members, and the `candidateIds`, whom the index
 * may not have yet.
 */
export async function readDesiredState(
  table: Table,
  { customerId, projectId }: ProjectRef,
  candidateIds: Iterable<string>,
): Promise<DesiredState | undefined> {
  const [customerItem, projectItem, adminsItem] = await table.getMany([
    keys.customer(customerId),
    keys.project(customerId, projectId),
    keys.admins(customerId),
  ])
  const [customer, project] = [asCustomer(customerItem), asProject(projectItem)]
  if (!customer || !project || project.kind === 'main') return undefined
  const implicitIds = [customer.mainCustomerId, ...Object.keys(asAdmins(adminsItem)?.since ?? {})]
  const holderIds = await listHolderIds(table, customerId, projectId)
  const members = await readUnexpired(table, project, [...candidateIds, ...implicitIds, ...holderIds])
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

async function readUnexpired(table: Table, project: Project, userIds: readonly string[]) {
  const now = instantOf(table.now())
  const members = await readMembers(table, project, [...new Set(userIds)].sort())
  return members.filter(({ membership }) => !isExpired(membership, now))
}

async function listHolderIds(table: Table, customerId: string, projectId: string): Promise<string[]> {
  const ids: string[] = []
  const project = { kind: 'project', id: projectId } as const
  for await (const id of allPages((after) => listHolders(table, customerId, project, { after }))) ids.push(id)
  return ids
}
