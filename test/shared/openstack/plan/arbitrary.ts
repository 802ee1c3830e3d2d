import * as fc from 'fast-check'
import type { Role } from '../../../../shared/domain/entities/role.ts'
import type { RoleAssignment } from '../../../../shared/openstack/keystone/assignments.ts'
import type { DesiredProject, DesiredUser } from '../../../../shared/openstack/plan/desired.ts'
import { keyOf, type State } from './model.ts'

export const customerId = 'BGE000081'
const projectIds = ['P1', 'P2', 'P3']
const userIds = ['U1', 'U2', 'U3', 'U4']
const names = ['a', 'b', 'c']
const emails = ['e1@x.example', 'e2@x.example', 'e3@x.example', 'e4@x.example']
const someRoles: Role[] = ['full', 'compute:read', 'network:manage']

/** The desired state of all projects, and of all users that ever existed. */
export type Directory = { projects: DesiredProject[]; users: DesiredUser[] }

export const directories: fc.Arbitrary<Directory> = fc
  .record({
    names: fc.shuffledSubarray(names, { minLength: 3 }),
    emails: fc.shuffledSubarray(emails, { minLength: 4 }),
    statuses: fc.tuple(
      ...userIds.map(() => fc.constantFrom<DesiredUser['status']>('active', 'disabled', 'gone')),
    ),
    projects: fc.tuple(
      ...projectIds.map(() =>
        fc.record({
          status: fc.constantFrom('none' as const, 'active' as const, 'active' as const, 'deleting' as const),
          members: fc.tuple(...userIds.map(() => fc.subarray(someRoles))),
        }),
      ),
    ),
    suspended: fc.boolean(),
  })
  .map((drawn) => {
    const users = userIds.map((userId, index) => {
      return { customerId, userId, email: drawn.emails[index] ?? '', status: drawn.statuses[index] ?? 'gone' }
    })
    const projects = drawn.projects.flatMap(({ status, members }, index): DesiredProject[] => {
      if (status === 'none') return []
      const project = { id: projectIds[index] ?? '', name: drawn.names[index] ?? '', status }
      const inIt = users.flatMap(({ userId, email, status: of }, position) => {
        const roles = members[position] ?? []
        return of === 'gone' || roles.length === 0 ? [] : [{ userId, email, active: of === 'active', roles }]
      })
      return [{ customerId, project, suspended: drawn.suspended, members: inIt }]
    })
    return { users, projects }
  })

/** Some have their id as their name, as after a `make-room` step. */
const named = (pool: string[]) =>
  fc.constantFrom('', ...pool.map((name) => `${customerId}_${name}`), 'elsewhere')
const nameOr = (name: string, id: string) => name || `${customerId}_${id || 'nobody'}`

const uniqueIds = [...emails.map((email) => email.replace('@', '%40')), 'somebody', 'its own']

/** Any Keystone: entities of ours and others, renamed, duplicated, disabled, with unknown roles and identities. */
export const keystones: fc.Arbitrary<State> = fc
  .record({
    projects: fc.array(
      fc.record({ of: fc.constantFrom('', ...projectIds), name: named(names), enabled: fc.boolean() }),
      { maxLength: 6 },
    ),
    users: fc.array(
      fc.record({
        of: fc.constantFrom('', ...userIds),
        name: named(emails),
        enabled: fc.boolean(),
        uniqueId: fc.option(fc.constantFrom(...uniqueIds), { nil: undefined }),
        isOurs: fc.boolean(),
      }),
      { maxLength: 7 },
    ),
    roles: fc.subarray(['member', 'compute_read', 'admin']),
    assignments: fc.array(
      fc.record({ project: fc.nat(5), user: fc.nat(7), role: fc.nat(2), inherited: fc.boolean() }),
      { maxLength: 25 },
    ),
  })
  .map((drawn) => {
    const projects = drawn.projects.map(({ of, name, enabled }, index) => ({
      id: `p${index}`,
      name: nameOr(name, of),
      description: '',
      enabled,
      domainId: 'default',
      tags: of ? ['latchkey', `latchkey:${customerId}:${of}`] : ['latchkey'],
    }))
    const identities = new Map<string, string>()
    const users = drawn.users.map(({ of, name, enabled, uniqueId, isOurs }, index) => {
      const id = `u${index}`
      const has = uniqueId === 'its own' ? id : uniqueId
      const isFree = has !== undefined && ![...identities.values()].includes(has)
      if (isFree) identities.set(id, has)
      return {
        id,
        name: nameOr(name, of),
        enabled,
        domainId: 'default',
        latchkeyUserId: of || undefined,
        // Identities by others have no attribute of ours.
        ...(isFree && of && isOurs && { federatedId: has }),
      }
    })
    const roles = drawn.roles.map((name, index) => ({ id: `r${index}`, name }))
    const found = { projects: distinct(projects), users: distinct(users), roles }
    const assignments = drawn.assignments.flatMap(({ project, user, role, inherited }): RoleAssignment[] => {
      const [at, to, as] = [found.projects[project], found.users[user], roles[role]]
      const group = { kind: 'group' as const, id: 'g1', name: 'staff' }
      const principal = to ? { kind: 'user' as const, id: to.id, name: to.name } : group
      return at && as ? [{ projectId: at.id, role: as, principal, inherited }] : []
    })
    for (const id of identities.keys()) if (!found.users.some((user) => user.id === id)) identities.delete(id)
    const each = [...new Map(assignments.map((one) => [keyOf(one), one])).values()]
    return { ...found, assignments: each, identities }
  })

function distinct<T extends { name: string }>(items: T[]): T[] {
  return [...new Map(items.map((item) => [item.name, item])).values()]
}
