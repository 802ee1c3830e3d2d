import type { RoleAssignment } from '../keystone/assignments.ts'
import type { KeystoneProject } from '../keystone/projects.ts'
import { type KeystoneRole, roleNamed } from '../keystone/roles.ts'
import type { KeystoneUser } from '../keystone/users.ts'

/**
 * What Keystone says, as far as it matters to what is planned. More than matters does no harm: a pass over everything
 * lists once and plans every project with it. None of the lists may change afterwards.
 */
export type KeystoneLists = {
  /** At least those with the project's tag, and whoever has its name. */
  projects: readonly KeystoneProject[]
  /** What keeps the project from its name, by whatever it is called itself: where that was asked. */
  nameHolder?: KeystoneProject | undefined
  /** At least those with the members' user ids, whoever has the members' names, and everybody in the assignments. */
  users: readonly KeystoneUser[]
  roles: readonly KeystoneRole[]
  /** At least those of all projects with the project's tag. */
  assignments: readonly RoleAssignment[]
  /** Those who have an identity of the configured provider, whatever it is; needed only with one. */
  federated?: readonly KeystoneUser[]
  /** By unique id Keystone's id of who has it, undefined for nobody: where that was asked. */
  holders?: ReadonlyMap<string, string | undefined>
}

/** The same, quick to ask. */
export type Snapshot = {
  projectsTagged: (tag: string) => readonly KeystoneProject[]
  projectNamed: (name: string) => KeystoneProject | undefined
  /** What has the name that the snapshot's project should have. */
  projectHolding: (name: string) => KeystoneProject | undefined
  /** By our user id. */
  usersOf: (userId: string) => readonly KeystoneUser[]
  userNamed: (name: string) => KeystoneUser | undefined
  /** By Keystone's id: whether it is a user of ours. No group is. */
  isOurs: (id: string) => boolean
  /** By Keystone's id: the unique id of a user of ours; empty where others gave it one, undefined where it has none. */
  federatedIdOf: (id: string) => string | undefined
  /** Keystone's id of who has a unique id, undefined for nobody and `unknown` where only Keystone can tell. */
  holderOf: (uniqueId: string) => string | undefined
  roleNamed: (name: string) => KeystoneRole | undefined
  assignmentsOf: (projectId: string) => readonly RoleAssignment[]
}

/** Of a unique id that no user of ours has, and that Keystone wasn't asked for. No id of Keystone's is like this. */
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

/** A list of a whole domain is long, and every project of a pass is planned with the same one. */
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
