// The client's operations in one import, and what tests often make by them.

import { listAssignments } from '../../../shared/openstack/keystone/assignments.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { createKeystoneProject, type NewProject } from '../../../shared/openstack/keystone/projects.ts'

export * from '../../../shared/openstack/keystone/assignments.ts'
export * from '../../../shared/openstack/keystone/client.ts'
export * from '../../../shared/openstack/keystone/projects.ts'
export * from '../../../shared/openstack/keystone/roles.ts'
export * from '../../../shared/openstack/keystone/users.ts'
export * from './find.ts'

/** A project of others, unless more says whose. */
export const makeProject = (keystone: Keystone, name: string, more: Partial<NewProject> = {}) =>
  createKeystoneProject(keystone, { ...plainProject, name, ...more })
const plainProject = { domainId: 'default', description: '', enabled: true, tags: [], identity: 'none' }

/** A user as somebody else creates it; returns its id. */
export async function makeUser(
  keystone: Keystone,
  user: { name: string } & Record<string, unknown>,
): Promise<string> {
  const made = await keystone.call({ method: 'POST', path: '/users', body: { user }, expect: 201 })
  return (made as { user: { id: string } }).user.id
}

/** Names of those who have a role in the project, once a role. */
export const membersOf = async (keystone: Keystone, projectId: string): Promise<string[]> =>
  (await listAssignments(keystone, { projectId })).map(({ principal }) => principal.name)
