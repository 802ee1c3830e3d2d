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
import { projectsOf } from './project-diff.ts'
import { transactInBatches } from './requeue.ts'
import { processSyncRequest } from './sync-request.ts'

/** Works off a word: what has become of a user in Keystone, and which projects it concerns, which are then touched. */
export async function fanOut(deps: OpenStackDeps, key: Key, lists: SharedLists): Promise<void> {
  const { table } = deps
  const about = parseFanOutKey(key)
  if (!about) return
  const { customerId, kind, id } = about
  await processSyncRequest(table, key, async () => {
    const now = instantOf(table.now())
    const { concerned, refusal } =
      kind === 'customer'
        ? { concerned: (await projectsOf(table, customerId)).map((project) => project.id) }
        : await fanOutUser(deps, { customerId, userId: id }, lists)
    await transactInBatches(
      table,
      concerned.map((projectId) => markProjectPending({ customerId, projectId }, now)),
    )
    if (refusal) throw refusal
  })
}

type UserRef = { customerId: string; userId: string }
type FanOutResult = {
  /** Ids of the projects where Keystone and the directory say different things of the user. */
  concerned: string[]
  /** What Keystone refused, where no project tries it again: of whom the directory has in none. */
  refusal?: KeystoneError | undefined
}

async function fanOutUser(deps: OpenStackDeps, ref: UserRef, shared: SharedLists): Promise<FanOutResult> {
  const { table, mapping } = deps
  const held = await findUserWithGrants(table, ref.customerId, ref.userId)
  if (!held.user) return { concerned: [] }
  const lists = await listsWith(deps, held, await shared.renew())
  const [{ refusal, obstacle }, should, is] = await Promise.all([
    convergeUser(deps, held.user, lists),
    membershipsOf(table, ref.customerId, held, instantOf(table.now())),
    assignedTo(deps, ref, lists),
  ])
  shared.drop()
  // What keeps the user from being as it should be is told where it is a member.
  if (refusal ?? obstacle) {
    const concerned = [...new Set([...should.keys(), ...is.keys()])]
    return { concerned, refusal: should.size === 0 ? refusal : undefined }
  }
  const desired = new Map(
    [...should].map(([id, roles]) => [id, new Set(roles.filter(isRole).map(mapping.roleName))]),
  )
  const concerned = [...new Set([...desired.keys(), ...is.keys()])].filter(
    (id) => !isSame(desired.get(id) ?? new Set(), is.get(id) ?? new Set()),
  )
  return { concerned }
}

/** Somebody may have been renamed by hand, and be found among everybody's names only. */
async function listsWith(
  { keystone, mapping }: OpenStackDeps,
  { user, grants }: UserWithGrants,
  lists: Lists,
): Promise<Lists> {
  const isThere = lists.users.some(({ latchkeyUserId }) => latchkeyUserId === user?.id)
  const wasMember = [...grants.keys()].some((register) => register.startsWith('project/'))
  // Of a deleted user the clean-up may have removed all that it was a member of.
  if (isThere || !user || !(user.deleted || wasMember || isImplicitMember(user))) return lists
  return { ...lists, users: await listKeystoneUsers(keystone, mapping.domainId), wholeDomain: true }
}

const isSame = (one: Set<string>, other: Set<string>) =>
  one.size === other.size && [...one].every((each) => other.has(each))

/** Roles by project, stored or by type. */
async function membershipsOf(
  table: Table,
  customerId: string,
  { user, grants }: UserWithGrants,
  now: Instant,
): Promise<Map<string, readonly string[]>> {
  if (!user || user.deleted) return new Map()
  const stored = [...grants.values()].map(({ resource }) => resource)
  const ids = stored.filter(({ kind }) => kind === 'project').map(({ id }) => id)
  const found = isImplicitMember(user)
    ? await projectsOf(table, customerId)
    : (await table.getMany(ids.map((id) => keys.project(customerId, id)))).map(asProject)
  const memberships = found.flatMap((project): [string, readonly string[]][] => {
    const membership =
      project?.kind === 'openstack' && membershipOf(user, project, grants.get(`project/${project.id}`))
    return project && membership && !isExpired(membership, now) ? [[project.id, membership.roles]] : []
  })
  return new Map(memberships)
}

/** Names of Keystone's roles by our project; what isn't ours doesn't matter. */
async function assignedTo(
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
  const ours = new Map(records.map(({ keystoneId, projectId }) => [keystoneId, projectId]))
  const assigned = new Map<string, Set<string>>()
  for (const { projectId, role } of lists.flat()) {
    const id = ours.get(projectId)
    if (id !== undefined) assigned.set(id, (assigned.get(id) ?? new Set()).add(role.name))
  }
  return assigned
}
