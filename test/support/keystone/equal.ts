import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { listAssignments } from '../../../shared/openstack/keystone/assignments.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { listProjectsTagged } from '../../../shared/openstack/keystone/projects.ts'
import { listKeystoneUsers } from '../../../shared/openstack/keystone/users.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import type { Table } from '../../../shared/table/table.ts'

/** A line of any type: absent fields are undefined. */
type Fact = Record<
  'type' | 'name' | 'kind' | 'project' | 'user' | 'email' | 'status' | 'expiresAt',
  string
> & { roles: string[] }

/** Keystone's name of a role in the export: `full` is `member`, `compute:read` is `compute_read`. */
const keystoneRole = (role: string) => (role === 'full' ? 'member' : role.replace(':', '_'))

/** Desired and observed state, a line for each fact. */
export type Sides = { expected: string[]; actual: string[] }

/** A customer's projects, users and assignments, by its export and by Keystone's lists: they have to be equal. */
export async function compare(table: Table, keystone: Keystone, customerId: string): Promise<Sides> {
  const customer = await findCustomer(table, customerId)
  if (!customer) throw new Error(`there is no ${customerId}`)
  const facts = (await exportCustomer(table, customer)).map((line): Fact => JSON.parse(line))
  const projects = facts.filter(({ type, kind }) => type === 'project' && kind === 'openstack')
  const names = new Set(projects.map(({ name }) => name))
  const memberships = facts.filter(
    ({ type, project, expiresAt }) =>
      type === 'membership' && names.has(project) && !(expiresAt && new Date(expiresAt) <= table.now()),
  )
  const is = await readKeystone(keystone, customerId)
  const present = new Set(is.users.keys())
  const members = new Set(memberships.map(({ user }) => user))
  const users = facts.filter(
    ({ type, email }) => type === 'user' && (members.has(email) || present.has(email)),
  )
  return {
    expected: [
      ...projects.map(({ name }) => `project ${name} ${customer.status === 'active' ? 'open' : 'closed'}`),
      ...users.map(({ email, status }) => `user ${email} ${status}`),
      ...memberships.flatMap(({ project, user, roles }) =>
        roles.map((role) => `${user} is ${keystoneRole(role)} in ${project}`),
      ),
    ].toSorted(),
    actual: [...is.lines].toSorted(),
  }
}

/** A deleted project or user has its id as its name, and is disabled. */
const isGone = (name: string) => /^(usr|prj)_[0-9A-Z]{26}$/.test(name)

async function readKeystone(keystone: Keystone, customerId: string) {
  const prefix = `${customerId}_`
  const [projects, everybody, assignments] = await Promise.all([
    listProjectsTagged(keystone, 'latchkey'),
    listKeystoneUsers(keystone, 'default', prefix),
    listAssignments(keystone, {}),
  ])
  const own = projects.filter(({ tags }) => tags.some((tag) => tag.startsWith(`latchkey:${customerId}:`)))
  const nameOf = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : `not ours: ${name}`)
  const byId = new Map(own.map((project) => [project.id, nameOf(project.name)]))
  const ours = everybody.filter(({ latchkeyUserId }) => latchkeyUserId !== undefined)
  const users = new Map(
    ours
      .map((user) => [nameOf(user.name), user.enabled ? 'active' : 'disabled'] as const)
      .filter(([name, status]) => !(isGone(name) && status === 'disabled')),
  )
  const lines = [
    ...own
      .map(({ name, enabled }) => [nameOf(name), enabled ? 'open' : 'closed'] as const)
      .filter(([name, status]) => !(isGone(name) && status === 'closed'))
      .map(([name, status]) => `project ${name} ${status}`),
    ...[...users].map(([name, status]) => `user ${name} ${status}`),
    ...assignments
      .filter(({ projectId }) => byId.has(projectId))
      .map(
        ({ projectId, principal, role }) =>
          `${nameOf(principal.name)} is ${role.name} in ${byId.get(projectId)}`,
      ),
  ]
  return { users, lines }
}
