import type { RoleAssignment } from '../assignments.ts'
import type { KeystoneProject } from '../projects.ts'
import type { KeystoneRole } from '../roles.ts'
import { whoHas } from '../unique-name.ts'
import type { KeystoneUser } from '../users.ts'

/**
 * What Keystone says, as far as it matters to what is planned. More than matters does no harm: a pass over everything
 * lists once and plans every project with it.
 */
export type Found = {
  /** At least those with the project's tag, and whoever has its name. */
  projects: readonly KeystoneProject[]
  /** At least those with the members' user ids, whoever has the members' names, and everybody in the assignments. */
  users: readonly KeystoneUser[]
  roles: readonly KeystoneRole[]
  /** At least those of all projects with the project's tag. */
  assignments: readonly RoleAssignment[]
  /** Keystone's ids of the users who have an identity of the configured provider; needed only with one. */
  federated?: ReadonlySet<string>
}

/** The same, quick to ask. */
export type Snapshot = {
  projectsTagged: (tag: string) => readonly KeystoneProject[]
  projectNamed: (name: string) => KeystoneProject | undefined
  /** By our user id. */
  usersOf: (userId: string) => readonly KeystoneUser[]
  userNamed: (name: string) => KeystoneUser | undefined
  /** By Keystone's id: whether it is a user of ours. No group is. */
  isOurs: (id: string) => boolean
  isFederated: (id: string) => boolean
  roleNamed: (name: string) => KeystoneRole | undefined
  assignmentsOf: (projectId: string) => readonly RoleAssignment[]
}

export function snapshotOf({ projects, users, roles, assignments, federated }: Found): Snapshot {
  const byTag = grouped(projects.flatMap((project) => project.tags.map((tag) => [tag, project])))
  const byUserId = grouped(
    users.flatMap((user) => (user.latchkeyUserId === undefined ? [] : [[user.latchkeyUserId, user]])),
  )
  const ours = new Set([...byUserId.values()].flat().map(({ id }) => id))
  const byProject = grouped(assignments.map((assignment) => [assignment.projectId, assignment]))
  const projectNames = new Map(projects.map((project) => [project.name, project]))
  const userNames = new Map(users.map((user) => [user.name, user]))
  return {
    projectsTagged: (tag) => byTag.get(tag) ?? [],
    projectNamed: (name) => projectNames.get(name),
    usersOf: (userId) => byUserId.get(userId) ?? [],
    userNamed: (name) => userNames.get(name),
    isOurs: (id) => ours.has(id),
    isFederated: (id) => federated?.has(id) ?? true,
    // Ignoring case, as policies do.
    roleNamed: (name) => whoHas(name, roles),
    assignmentsOf: (projectId) => byProject.get(projectId) ?? [],
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
