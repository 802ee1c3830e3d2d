import { listAssignments } from '../assignments.ts'
import type { Keystone } from '../keystone.ts'
import { findProjectNamed, listProjectsTagged } from '../projects.ts'
import { listRoles } from '../roles.ts'
import { listUsers, listUsersFederated } from '../users.ts'
import type { Mapping } from './mapping.ts'
import { nameInKeystone, ourTag, projectTag } from './names.ts'
import { type Found, type Snapshot, snapshotOf } from './snapshot.ts'
import type { Wanted } from './wanted.ts'

/** What can be listed once for many projects. */
export type Lists = Omit<Found, 'assignments'> & {
  /** Whether `users` are all of the domain, or those only whose names are of one customer. */
  wholeDomain: boolean
}

/** For a pass over everything: three requests, four with federated identities. */
export async function listAll(keystone: Keystone, mapping: Mapping): Promise<Lists> {
  return list(keystone, mapping, ourTag)
}

/** For a single project, in as many. */
export async function listFor(keystone: Keystone, wanted: Wanted, mapping: Mapping): Promise<Lists> {
  const { customerId, project } = wanted
  return list(keystone, mapping, projectTag(customerId, project.id), nameInKeystone(customerId, ''))
}

/**
 * What a plan of this project needs. One request more, for its assignments, where all is as it should be; a second for
 * a name that the project doesn't have yet; a third for users that a customer's names don't show, lest one that was
 * renamed by hand be made a second time.
 */
export async function findFor(
  keystone: Keystone,
  wanted: Wanted,
  lists: Lists,
  { domainId }: Mapping,
): Promise<Snapshot> {
  const { customerId, project, members } = wanted
  const own = lists.projects.filter(({ tags }) => tags.includes(projectTag(customerId, project.id)))
  const name = nameInKeystone(customerId, project.name)
  const needsName = project.status === 'active' && !own.some((one) => one.name === name)
  const [assigned, holder] = await Promise.all([
    Promise.all(own.map(({ id }) => listAssignments(keystone, id))),
    needsName ? findProjectNamed(keystone, domainId, name) : undefined,
  ])
  const assignments = assigned.flat()
  const ids = new Set(lists.users.map(({ id }) => id))
  const userIds = new Set(lists.users.map(({ latchkeyUserId }) => latchkeyUserId))
  const isComplete =
    lists.wholeDomain ||
    (members.every(({ userId }) => userIds.has(userId)) &&
      assignments.every(({ principal }) => principal.kind === 'group' || ids.has(principal.id)))
  return snapshotOf({
    ...lists,
    projects: holder ? [...lists.projects.filter(({ id }) => id !== holder.id), holder] : lists.projects,
    users: isComplete ? lists.users : await listUsers(keystone, domainId),
    assignments,
  })
}

async function list(keystone: Keystone, mapping: Mapping, tag: string, prefix = ''): Promise<Lists> {
  const { domainId, federation } = mapping
  const [projects, users, roles, federated] = await Promise.all([
    listProjectsTagged(keystone, tag),
    listUsers(keystone, domainId, prefix),
    listRoles(keystone),
    federation && listUsersFederated(keystone, domainId, federation),
  ])
  return {
    // Names are unique within a domain only, and nothing of ours is in another.
    projects: projects.filter((project) => project.domainId === domainId),
    users,
    roles,
    ...(federated && { federated: new Set(federated.map(({ id }) => id)) }),
    wholeDomain: prefix === '',
  }
}
