import { type Keystone, pathTo } from '../../../shared/openstack/keystone/client.ts'
import { findProjectHolding, type KeystoneProject } from '../../../shared/openstack/keystone/projects.ts'
import { type KeystoneUser, listKeystoneUsers } from '../../../shared/openstack/keystone/users.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'

// Questions that only tests ask Keystone.

/** Returns the project with exactly this name. */
export async function findProjectNamed(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneProject | undefined> {
  const holder = await findProjectHolding(keystone, domainId, name)
  return holder?.name === name ? holder : undefined
}

export async function findProject(keystone: Keystone, id: string): Promise<KeystoneProject | undefined> {
  try {
    const json = await keystone.call({ method: 'GET', path: pathTo('projects', id), expect: 200 })
    const { project } = json as { project: { domain_id: string; name: string } }
    return await findProjectNamed(keystone, project.domain_id, project.name)
  } catch (error) {
    if (isKeystoneError(error, 'not-found')) return undefined
    throw error
  }
}

/** Returns the user with exactly this name. */
export async function findUserNamed(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneUser | undefined> {
  return (await listKeystoneUsers(keystone, domainId, name)).find((user) => user.name === name)
}

export async function findUser(keystone: Keystone, id: string): Promise<KeystoneUser | undefined> {
  return (await listKeystoneUsers(keystone, 'default')).find((user) => user.id === id)
}
