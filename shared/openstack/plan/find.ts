import { listAssignments, type RoleAssignment } from '../keystone/assignments.ts'
import type { Keystone } from '../keystone/client.ts'
import { findProjectHolding, type KeystoneProject, listProjectsTagged } from '../keystone/projects.ts'
import { listRoles } from '../keystone/roles.ts'
import { findUserFederated, listKeystoneUsers, listUsersFederated } from '../keystone/users.ts'
import type { DesiredProject } from './desired.ts'
import type { Mapping } from './mapping.ts'
import { federatedIdOf, nameInKeystone, ourTag, projectTag } from './names.ts'
import { type KeystoneLists, type Snapshot, snapshotOf, unknown } from './snapshot.ts'

/** The lists that many projects share. */
export type Lists = Omit<KeystoneLists, 'assignments' | 'holders' | 'nameHolder'> & {
  /** True if `users` are all of the domain, false if they are only those with names of one customer. */
  wholeDomain: boolean
}

/** For a full sync: three requests, four with federated identities. */
export async function listForDomain(keystone: Keystone, mapping: Mapping): Promise<Lists> {
  const [people, projects] = await Promise.all([
    list(keystone, mapping, ''),
    listProjectsTagged(keystone, ourTag),
  ])
  return { ...people, projects: projects.filter(inDomain(mapping.domainId)) }
}

/** The users of one customer and all roles; without projects, which saves a request. */
export async function listForCustomer(
  keystone: Keystone,
  mapping: Mapping,
  customerId: string,
): Promise<Lists> {
  return { ...(await list(keystone, mapping, nameInKeystone(customerId, ''))), projects: [] }
}

/** The same lists, with one project read anew. */
export async function withProject(
  keystone: Keystone,
  { customerId, projectId }: { customerId: string; projectId: string },
  lists: Lists,
  { domainId }: Mapping,
): Promise<Lists> {
  const tag = projectTag(customerId, projectId)
  const others = lists.projects.filter(({ tags }) => !tags.includes(tag))
  const own = await listProjectsTagged(keystone, tag)
  return { ...lists, projects: [...others, ...own.filter(inDomain(domainId))] }
}

// Names are unique within a domain only, and all of ours are in one.
const inDomain = (domainId: string) => (project: KeystoneProject) => project.domainId === domainId

/** The current assignments of a project of ours: one request, unless concurrent runs have created it twice. */
export async function findAssigned(
  keystone: Keystone,
  { customerId, projectId }: { customerId: string; projectId: string },
  { projects }: Pick<Lists, 'projects'>,
): Promise<RoleAssignment[]> {
  const own = projects.filter(({ tags }) => tags.includes(projectTag(customerId, projectId)))
  return (await Promise.all(own.map(({ id }) => listAssignments(keystone, { projectId: id })))).flat()
}

/**
 * The snapshot for a plan of this project; `known` are its assignments, if they have been read. If all is in sync this costs
 * one request, for the assignments; another one for a new name of the project, one if a member's name is not of the
 * customer, and one for each missing identity.
 *
 * A user who was renamed by hand is found by an assignment in the project. Without one the user is created again: the full
 * sync, which has the whole domain, keeps the one with the right name and disables the other.
 */
export async function findFor(
  keystone: Keystone,
  desired: DesiredProject,
  lists: Lists,
  mapping: Mapping,
  known?: readonly RoleAssignment[],
): Promise<Snapshot> {
  const { domainId } = mapping
  const { customerId, project } = desired
  const own = lists.projects.filter(({ tags }) => tags.includes(projectTag(customerId, project.id)))
  const name = nameInKeystone(customerId, project.name)
  const needsName = project.status === 'active' && !own.some((one) => one.name === name)
  const [assignments, holder] = await Promise.all([
    known ?? findAssigned(keystone, { customerId, projectId: project.id }, lists),
    needsName ? findProjectHolding(keystone, domainId, name) : undefined,
  ])
  const found = {
    ...lists,
    projects: holder ? [...lists.projects.filter(({ id }) => id !== holder.id), holder] : lists.projects,
    nameHolder: holder,
    users: knowsAll(lists, assignments) ? lists.users : await listKeystoneUsers(keystone, domainId),
    assignments,
  }
  const snapshot = snapshotOf(found)
  const holders = await findHolders(keystone, desired, snapshot, mapping)
  return holders.size === 0 ? snapshot : snapshotOf({ ...found, holders })
}

function knowsAll({ wholeDomain, users }: Lists, assignments: readonly RoleAssignment[]): boolean {
  if (wholeDomain) return true
  const ids = new Set(users.map(({ id }) => id))
  return assignments.every(({ principal }) => principal.kind === 'group' || ids.has(principal.id))
}

/** Looks up the holders of missing identities of existing users, unless a list has them. */
async function findHolders(
  keystone: Keystone,
  { members }: DesiredProject,
  snapshot: Snapshot,
  { federation }: Mapping,
): Promise<Map<string, string | undefined>> {
  const holders = new Map<string, string | undefined>()
  if (!federation) return holders
  for (const { userId, email } of members) {
    const uniqueId = federatedIdOf(email)
    if (snapshot.usersOf(userId).length === 0 || snapshot.holderOf(uniqueId) !== unknown) continue
    holders.set(uniqueId, (await findUserFederated(keystone, { ...federation, uniqueId }))?.id)
  }
  return holders
}

async function list(keystone: Keystone, { domainId, federation }: Mapping, prefix: string) {
  const [users, roles, federated] = await Promise.all([
    listKeystoneUsers(keystone, domainId, prefix),
    listRoles(keystone),
    federation && listUsersFederated(keystone, domainId, federation),
  ])
  return {
    users,
    roles,
    ...(federated && { federated }),
    wholeDomain: prefix === '',
  }
}
