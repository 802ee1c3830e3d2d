import { isImplicitMember, membershipOf } from '../../../shared/domain/access/membership.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { isRole } from '../../../shared/domain/entities/role.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { listAssignments } from '../../../shared/openstack/keystone/assignments.ts'
import { listKeystoneUsers } from '../../../shared/openstack/keystone/users.ts'
import type { Lists } from '../../../shared/openstack/plan/find.ts'
import { listRecords, markProjectPending } from '../../../shared/openstack/sync/store.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { findUserWithGrants, type UserWithGrants } from '../../../shared/records/users.ts'
import { type Key, keys, parseFanOutKey } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { OpenStackDeps } from '../run/deps.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { convergeUser } from './converge-user.ts'
import { listOpenStackProjects } from './project-diff.ts'
import { transactInBatches } from './requeue.ts'
import { processSyncRequest } from './sync-request.ts'

/** Brings a user into Keystone, or nothing for a customer, and marks the projects pending that have to follow. */
export async function processFanOut(deps: OpenStackDeps, key: Key, lists: SharedLists): Promise<void> {
  const { table } = deps
  const source = parseFanOutKey(key)
  if (!source) return
  const { customerId, kind, id } = source
  await processSyncRequest(table, key, async () => {
    const now = instantOf(table.now())
    const { projectIds, refusal } =
      kind === 'customer'
        ? await fanOutCustomer(table, customerId)
        : await fanOutUser(deps, { customerId, userId: id }, lists)
    await transactInBatches(
      table,
      projectIds.map((projectId) => markProjectPending({ customerId, projectId }, now)),
    )
    if (refusal) throw refusal
  })
}

type UserRef = { customerId: string; userId: string }
type FanOutResult = {
  /** Projects to converge. */
  projectIds: string[]
  /** Keystone's refusal, for a user who is in no project: no project's run would try again. */
  refusal?: KeystoneError | undefined
}

async function fanOutCustomer(table: Table, customerId: string): Promise<FanOutResult> {
  return { projectIds: (await listOpenStackProjects(table, customerId)).map(({ id }) => id) }
}

/** Returns the projects in which Keystone's roles of the user differ from the directory's. */
async function fanOutUser(deps: OpenStackDeps, ref: UserRef, shared: SharedLists): Promise<FanOutResult> {
  const { table, mapping } = deps
  const stored = await findUserWithGrants(table, ref.customerId, ref.userId)
  if (!stored.user) return { projectIds: [] }
  const lists = await listsWith(deps, stored, await shared.renew())
  const [{ refusal, obstacle }, desired, observed] = await Promise.all([
    convergeUser(deps, stored.user, lists),
    desiredRoles(table, ref.customerId, stored, instantOf(table.now())),
    observedRoles(deps, ref, lists),
  ])
  shared.drop()
  const projectIds = [...new Set([...desired.keys(), ...observed.keys()])]
  // Report the obstacle on every project the user belongs to.
  if (refusal ?? obstacle) return { projectIds, refusal: desired.size === 0 ? refusal : undefined }
  const namesOf = (id: string) => new Set(desired.get(id)?.filter(isRole).map(mapping.roleName))
  return { projectIds: projectIds.filter((id) => !isSame(namesOf(id), observed.get(id) ?? new Set())) }
}

/** Lists the whole domain if the user isn't under the customer's names: it may have been renamed by hand. */
async function listsWith(
  { keystone, mapping }: OpenStackDeps,
  { user, grants }: UserWithGrants,
  lists: Lists,
): Promise<Lists> {
  const isThere = lists.users.some(({ latchkeyUserId }) => latchkeyUserId === user?.id)
  const wasMember = [...grants.keys()].some((target) => target.startsWith('project/'))
  // The clean-up may have removed all grants of a deleted user.
  if (isThere || !user || !(user.deleted || wasMember || isImplicitMember(user))) return lists
  return { ...lists, users: await listKeystoneUsers(keystone, mapping.domainId), wholeDomain: true }
}

const isSame = (one: Set<string>, other: Set<string>) =>
  one.size === other.size && [...one].every((each) => other.has(each))

/** The directory's roles by project, of stored and implicit memberships. */
async function desiredRoles(
  table: Table,
  customerId: string,
  { user, grants }: UserWithGrants,
  now: Instant,
): Promise<Map<string, readonly string[]>> {
  if (!user || user.deleted) return new Map()
  const resources = [...grants.values()].map(({ resource }) => resource)
  const ids = resources.filter(({ kind }) => kind === 'project').map(({ id }) => id)
  const projects = isImplicitMember(user)
    ? await listOpenStackProjects(table, customerId)
    : (await table.getMany(ids.map((id) => keys.project(customerId, id)))).map(asProject)
  const memberships = projects.flatMap((project): [string, readonly string[]][] => {
    const membership =
      project?.kind === 'openstack' && membershipOf(user, project, grants.get(`project/${project.id}`))
    return project && membership && !isExpired(membership, now) ? [[project.id, membership.roles]] : []
  })
  return new Map(memberships)
}

/** Names of Keystone's roles by our project id; projects of others are left out. */
async function observedRoles(
  { table, keystone }: OpenStackDeps,
  { customerId, userId }: UserRef,
  { users }: Lists,
): Promise<Map<string, Set<string>>> {
  const own = users.filter(({ latchkeyUserId }) => latchkeyUserId === userId)
  if (own.length === 0) return new Map()
  const [records, ...lists] = await Promise.all([
    listRecords(table, customerId),
    ...own.map(({ id }) => listAssignments(keystone, { userId: id })),
  ])
  const projectIds = new Map(records.map(({ keystoneId, projectId }) => [keystoneId, projectId]))
  const assigned = new Map<string, Set<string>>()
  for (const { projectId, role } of lists.flat()) {
    const id = projectIds.get(projectId)
    if (id !== undefined) assigned.set(id, (assigned.get(id) ?? new Set()).add(role.name))
  }
  return assigned
}
