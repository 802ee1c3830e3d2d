import * as v from 'valibot'
import { parseAs, parseCompleteList } from '../transport/answer.ts'
import { type Keystone, pathTo } from './client.ts'
import { createOnce, exactlyNamed, holderAmong } from './unique-name.ts'

const Role = v.object({ id: v.string(), name: v.string() })
export type KeystoneRole = v.InferOutput<typeof Role>

const OneRole = v.object({ role: Role })

/** The roles of no domain, which are valid everywhere. */
export async function listRoles(keystone: Keystone): Promise<KeystoneRole[]> {
  return list(keystone, {})
}

/** The role that policies take for this name: they ignore case. */
export function roleNamed(name: string, roles: readonly KeystoneRole[]): KeystoneRole | undefined {
  const folded = name.toLowerCase()
  return exactlyNamed(name, roles) ?? roles.find((role) => role.name.toLowerCase() === folded)
}

/**
 * Creates the role of this name (255 characters at most) unless it is there. Roles are shared: one that policies take for
 * the same will do. Throws `conflict` where the database, unlike policies, treats another role's name as the same.
 */
export async function createRole(keystone: Keystone, name: string): Promise<KeystoneRole> {
  return createOnce({
    what: 'role',
    name,
    create: async () =>
      parseAs(
        OneRole,
        await keystone.call({ method: 'POST', path: '/roles', body: { role: { name } }, expect: 201 }),
      ).role,
    find: async () => {
      const listed = await list(keystone, { name })
      return roleNamed(name, listed) ?? holderAmong(name, listed)
    },
    // Without this check `àdmin` would be taken for `admin`.
    isThis: (found) => roleNamed(name, [found]) !== undefined,
  })
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneRole[]> {
  return parseCompleteList(
    'roles',
    Role,
    await keystone.call({ method: 'GET', path: pathTo('roles'), query, expect: 200 }),
  )
}
