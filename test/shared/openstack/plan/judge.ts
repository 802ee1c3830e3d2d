import type { RoleAssignment } from '../../../../shared/openstack/keystone/assignments.ts'
import type { KeystoneProject } from '../../../../shared/openstack/keystone/projects.ts'
import type { KeystoneUser } from '../../../../shared/openstack/keystone/users.ts'
import type { DesiredProject } from '../../../../shared/openstack/plan/desired.ts'
import type { KeystoneLists } from '../../../../shared/openstack/plan/snapshot.ts'
import { customerId, type Directory } from './arbitrary.ts'
import { keyOf, type State } from './model.ts'

// The specification of a synced Keystone, independent of the code that plans.

const keystoneRole: Record<string, string> = {
  full: 'member',
  'compute:read': 'compute_read',
  'network:manage': 'network_manage',
}
const isForeign = ({ tags }: KeystoneProject) => tags.length === 1
const isStranger = ({ latchkeyUserId }: KeystoneUser) => latchkeyUserId === undefined
const isOf = (projectId: string) => (project: KeystoneProject) =>
  project.tags.includes(`latchkey:${customerId}:${projectId}`)

/** The rights of our users in a project by the directory, as `<user> <role>`. */
export function rightsWanted({ project, suspended, members }: DesiredProject): string[] {
  if (project.status === 'deleting' || suspended) return []
  return members
    .filter(({ active }) => active)
    .flatMap(({ userId, roles }) => roles.map((role) => `${userId} ${keystoneRole[role]}`))
}

/** The rights of our users in it by Keystone. */
export function rightsIn(keystone: KeystoneLists, { project }: DesiredProject): string[] {
  const open = keystone.projects.filter(({ enabled }) => enabled).filter(isOf(project.id))
  return keystone.assignments.flatMap(({ projectId, principal, role, inherited }) => {
    const user = keystone.users.find(({ id }) => id === principal.id)
    const counts = user?.enabled && !isStranger(user) && !inherited && open.some(({ id }) => id === projectId)
    return counts ? [`${user.latchkeyUserId} ${role.name}`] : []
  })
}

/** Differences from the directory, a line each. Names that others had from the beginning stay theirs. */
export function differences(keystone: KeystoneLists, directory: Directory): string[] {
  return directory.projects.flatMap((desired) => {
    const own = keystone.projects.filter(isOf(desired.project.id))
    const assignments = keystone.assignments.filter(({ projectId }) => own.some(({ id }) => id === projectId))
    return desired.project.status === 'deleting'
      ? leftOf(own, assignments)
      : [
          ...wrongProject(keystone, own, desired),
          ...(own.length > 0 ? wrongMembers(keystone, assignments, desired) : []),
        ]
  })
}

function leftOf(own: KeystoneProject[], assignments: RoleAssignment[]): string[] {
  const open = own.filter(({ enabled }) => enabled).map(({ id }) => `${id} is being deleted and enabled`)
  return [...open, ...assignments.map((one) => `${keyOf(one)} is left of a project that is being deleted`)]
}

function wrongProject(
  keystone: KeystoneLists,
  own: KeystoneProject[],
  { project, suspended }: DesiredProject,
): string[] {
  const name = `${customerId}_${project.name}`
  const open = own.filter(({ enabled }) => enabled)
  if (open.length > (suspended ? 0 : 1)) return [`${project.id} is open ${open.length} times`]
  if (keystone.projects.some((one) => one.name === name && isForeign(one))) return []
  const meant = own.find((one) => one.name === name)
  if (!meant) return [`${project.id} is not called ${name}`]
  return meant.enabled === suspended ? [`${project.id} is as if its customer were in another state`] : []
}

function wrongMembers(
  keystone: KeystoneLists,
  assignments: RoleAssignment[],
  { members }: DesiredProject,
): string[] {
  const reachable = members.map((member) => {
    const name = `${customerId}_${member.email}`
    const users = keystone.users.filter(({ latchkeyUserId }) => latchkeyUserId === member.userId)
    return {
      ...member,
      name,
      users,
      taken: keystone.users.some((one) => one.name === name && isStranger(one)),
    }
  })
  const users = reachable.flatMap(({ userId, active, name, users: own, taken }) => {
    if (own.length === 0) return taken ? [] : [`${userId} is not there`]
    const enabled = own.filter((user) => user.enabled).length
    return [
      ...(enabled === (active ? 1 : 0) ? [] : [`${userId} is enabled ${enabled} times`]),
      ...(taken || own.some((user) => user.name === name) ? [] : [`${userId} is not called ${name}`]),
    ]
  })
  const desired = reachable
    .filter(({ users: own }) => own.length > 0)
    .flatMap(({ userId, roles }) => roles.map((role) => `${userId} ${keystoneRole[role]}`))
  const present = assignments.flatMap(({ principal, role, inherited }) => {
    const user = keystone.users.find(({ id }) => id === principal.id)
    return user && !isStranger(user)
      ? [`${user.latchkeyUserId} ${role.name}${inherited ? ' inherited' : ''}`]
      : []
  })
  const surplus = present.filter(
    (right, index) => !desired.includes(right) || present.indexOf(right) !== index,
  )
  const missing = desired.filter((right) => !present.includes(right))
  return [
    ...users,
    ...surplus.map((right) => `${right} is too much`),
    ...missing.map((right) => `${right} is missing`),
  ]
}

/**
 * Whose login leads elsewhere, a line each: a member's has to lead to them unless somebody who isn't ours has had it from
 * the beginning, and nobody else of ours may have it.
 */
export function wrongIdentities(keystone: State, directory: Directory): string[] {
  const ofUser = (userId: string) => keystone.users.filter(({ latchkeyUserId }) => latchkeyUserId === userId)
  const members = directory.projects
    .filter(({ project }) => project.status === 'active')
    .filter(({ project }) => keystone.projects.some(isOf(project.id)))
    .flatMap((desired) => desired.members.map(({ userId }) => userId))
  return directory.users.flatMap(({ userId, email, status }) => {
    const [id] = [...keystone.identities].find(([, has]) => has === email.replace('@', '%40')) ?? []
    const holder = keystone.users.find((user) => user.id === id)
    if (holder && isStranger(holder)) return []
    const mayHaveIt = status !== 'gone' && holder?.latchkeyUserId === userId
    if (holder && !mayHaveIt) return [`${holder.latchkeyUserId} has the login of ${userId}`]
    const needsIt = members.includes(userId) && ofUser(userId).length > 0
    return needsIt && !holder ? [`${userId} has no login`] : []
  })
}

const lost = (list: string[]) => (one: object) => !list.includes(JSON.stringify(one))

/** Changes of others' entities, a line each. */
export function damage(before: KeystoneLists, after: KeystoneLists, directory: Directory): string[] {
  const projects = after.projects.map((one) => JSON.stringify(one))
  const users = after.users.map((one) => JSON.stringify(one))
  const roles = after.roles.map((one) => JSON.stringify(one))
  const assignments = new Set(after.assignments.map(keyOf))
  const strangers = new Set(before.users.filter(isStranger).map(({ id }) => id))
  const others = before.assignments.filter(({ projectId, principal }) => {
    const project = before.projects.find(({ id }) => id === projectId)
    const desired = directory.projects.find((one) => project && isOf(one.project.id)(project))
    if (!desired) return true
    // Deleted projects and duplicates lose all assignments.
    const twins = before.projects.filter(isOf(desired.project.id)).length
    const isTheirs = principal.kind === 'group' || strangers.has(principal.id)
    return isTheirs && desired.project.status === 'active' && twins === 1
  })
  return [
    ...before.projects.filter(isForeign).filter(lost(projects)),
    ...before.users.filter(isStranger).filter(lost(users)),
    ...before.roles.filter(lost(roles)),
    ...others.filter((one) => !assignments.has(keyOf(one))),
  ].map((one) => `${JSON.stringify(one)} has been touched`)
}
