import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { listProjectsTagged } from '../../../shared/openstack/keystone/projects.ts'
import { listRoles } from '../../../shared/openstack/keystone/roles.ts'
import { listKeystoneUsers } from '../../../shared/openstack/keystone/users.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { Seen } from './fault-proxy.ts'

const assigns = /\/projects\/([^/]+)\/users\/([^/]+)\/roles\/([^/]+)$/

/** Assignments that a worker has requested and the directory doesn't have, while the directory doesn't change. */
export async function wrongAssignments(
  seen: readonly Seen[],
  { table, keystone }: { table: Table; keystone: Keystone },
): Promise<string[]> {
  const asked = seen.flatMap(({ method, path }) => {
    const [, project = '', user = '', role = ''] = (method === 'PUT' && assigns.exec(path)) || []
    return project ? [{ project, user, role }] : []
  })
  if (asked.length === 0) return []
  const [projects, users, roles] = await Promise.all([
    listProjectsTagged(keystone, 'latchkey'),
    listKeystoneUsers(keystone, 'default'),
    listRoles(keystone),
  ])
  const allowed = new Map<string, Promise<Set<string>>>()
  const lines = await Promise.all(
    asked.map(async ({ project, user, role }) => {
      const tags = projects.find(({ id }) => id === project)?.tags ?? []
      const [, customerId = '', projectId = ''] = tags.find((tag) => tag.includes(':'))?.split(':') ?? []
      const userId = users.find(({ id }) => id === user)?.latchkeyUserId ?? ''
      const [ours, theirs] = await table.getMany([
        keys.project(customerId, projectId),
        keys.user(customerId, userId),
      ])
      const name = roles.find(({ id }) => id === role)?.name
      const line = `${asUser(theirs)?.email} is ${name} in ${asProject(ours)?.name}`
      const known = allowed.get(customerId) ?? allowedBy(table, customerId)
      allowed.set(customerId, known)
      return (await known).has(line) ? [] : [line]
    }),
  )
  return lines.flat()
}

async function allowedBy(table: Table, customerId: string): Promise<Set<string>> {
  const customer = await findCustomer(table, customerId)
  const facts = customer ? (await exportCustomer(table, customer)).map((line) => JSON.parse(line)) : []
  const current = facts.filter(
    ({ type, expiresAt }) => type === 'membership' && !(expiresAt && new Date(expiresAt) <= table.now()),
  )
  return new Set(
    current.flatMap(({ user, project, roles }: { user: string; project: string; roles: string[] }) =>
      roles.map((role) => `${user} is ${role === 'full' ? 'member' : role.replace(':', '_')} in ${project}`),
    ),
  )
}
