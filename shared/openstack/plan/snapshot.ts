import type { RoleAssignment } from '../keystone/assignments.ts'
import type { KeystoneProject } from '../keystone/projects.ts'
import { type KeystoneRole, roleNamed } from '../keystone/roles.ts'
import type { KeystoneUser } from '../keystone/users.ts'

/**
 * The observed state: Keystone's lists, at least the entries that a plan needs. More do no harm: a full sync lists once and
 * plans every project with the same lists. They must not change afterwards: their indexes are cached.
 */
export type KeystoneLists = {
  /** At least those with the project's tag, and the holder of its name. */
  projects: readonly KeystoneProject[]
  /** The holder of the project's name, however that is spelt; undefined if nobody asked Keystone. */
  nameHolder?: KeystoneProject | undefined
  /** At least those with the members' user ids or names, and all in the assignments. */
  users: readonly KeystoneUser[]
  roles: readonly KeystoneRole[]
  /** At least those of projects with the project's tag. */
  assignments: readonly RoleAssignment[]
  /** Users with any identity of the configured provider; undefined without one. */
  federated?: readonly KeystoneUser[]
  /** Keystone's id of the holder by unique id, undefined for nobody; only of identities that were looked up. */
  holders?: ReadonlyMap<string, string | undefined>
}

/** The same, with indexes. */
export type Snapshot = {
  projectsTagged: (tag: string) => readonly KeystoneProject[]
  projectNamed: (name: string) => KeystoneProject | undefined
  /** The holder of the desired name of the snapshot's project. */
  projectHolding: (name: string) => KeystoneProject | undefined
  /** Keystone's users with this id of ours. */
  usersOf: (userId: string) => readonly KeystoneUser[]
  userNamed: (name: string) => KeystoneUser | undefined
  /** Takes Keystone's id. True for a user of ours, never for a group. */
  isOurs: (id: string) => boolean
  /** Takes Keystone's id. Returns the unique id of a user of ours; empty if others set it, undefined if it has none. */
  federatedIdOf: (id: string) => string | undefined
  /** Keystone's id of a unique id's holder; undefined for nobody, `unknown` if it wasn't looked up. */
  holderOf: (uniqueId: string) => string | undefined
  roleNamed: (name: string) => KeystoneRole | undefined
  assignmentsOf: (projectId: string) => readonly RoleAssignment[]
}

/** Holder of a unique id that no user of ours has and that wasn't looked up. No id of Keystone's has this form. */
export const unknown = 'unknown'

export function snapshotOf({
  projects,
  nameHolder,
  users,
  roles,
  assignments,
  federated = [],
  holders,
}: KeystoneLists): Snapshot {
  const { byTag, projectNames } = indexProjects(projects)
  const { byUserId, ours, userNames } = indexUsers(users)
  const { uniqueIds, ourHolders } = indexFederated(federated)
  const byProject = grouped(assignments.map((assignment) => [assignment.projectId, assignment]))
  return {
    projectsTagged: (tag) => byTag.get(tag) ?? [],
    projectNamed: (name) => projectNames.get(name),
    projectHolding: (name) => projectNames.get(name) ?? nameHolder,
    usersOf: (userId) => byUserId.get(userId) ?? [],
    userNamed: (name) => userNames.get(name),
    isOurs: (id) => ours.has(id),
    federatedIdOf: (id) => uniqueIds.get(id),
    holderOf: (uniqueId) =>
      holders?.has(uniqueId) ? holders.get(uniqueId) : (ourHolders.get(uniqueId) ?? unknown),
    roleNamed: (name) => roleNamed(name, roles),
    assignmentsOf: (projectId) => byProject.get(projectId) ?? [],
  }
}

const indexProjects = oncePerList((projects: readonly KeystoneProject[]) => ({
  byTag: grouped(projects.flatMap((project) => project.tags.map((tag) => [tag, project]))),
  projectNames: new Map(projects.map((project) => [project.name, project])),
}))

const indexUsers = oncePerList((users: readonly KeystoneUser[]) => {
  const byUserId = grouped(
    users.flatMap((user) => (user.latchkeyUserId === undefined ? [] : [[user.latchkeyUserId, user]])),
  )
  return {
    byUserId,
    ours: new Set([...byUserId.values()].flat().map(({ id }) => id)),
    userNames: new Map(users.map((user) => [user.name, user])),
  }
})

const indexFederated = oncePerList((federated: readonly KeystoneUser[]) => {
  const ours = federated.filter(({ latchkeyUserId }) => latchkeyUserId !== undefined)
  return {
    uniqueIds: new Map(ours.map(({ id, federatedId = '' }) => [id, federatedId])),
    ourHolders: new Map(ours.map(({ id, federatedId = '' }) => [federatedId, id])),
  }
})

/** Caches the index of a list: one of a whole domain is long, and a full sync plans every project with the same one. */
function oncePerList<T, Index>(index: (list: readonly T[]) => Index): (list: readonly T[]) => Index {
  const indexed = new WeakMap<readonly T[], Index>()
  return (list) => {
    const known = indexed.get(list) ?? index(list)
    indexed.set(list, known)
    return known
  }
}

function grouped<T>(pairs: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const [key, value] of pairs) {
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}
