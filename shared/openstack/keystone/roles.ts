import * as v from 'valibot'
import { shaped, wholeList } from '../transport/answer.ts'
import { type Keystone, pathTo } from './client.ts'
import { createOnce, exactlyNamed, holderAmong } from './unique-name.ts'

const Role = v.object({ id: v.string(), name: v.string() })
export type KeystoneRole = v.InferOutput<typeof Role>

const OneRole = v.object({ role: Role })

/** Those of no domain, which count everywhere. */
export async function listRoles(keystone: Keystone): Promise<KeystoneRole[]> {
  return list(keystone, {})
}

/** The one that policies take for this name, to which case doesn't count. */
export function roleNamed(name: string, roles: readonly KeystoneRole[]): KeystoneRole | undefined {
  const folded = name.toLowerCase()
  return exactlyNamed(name, roles) ?? roles.find((role) => role.name.toLowerCase() === folded)
}

/**
 * The role of this name (255 characters at most), made unless it is there. Roles are everybody's: any that policies take
 * for it will do. Throws `conflict` where the database takes another for it that policies don't.
 */
export async function createRole(keystone: Keystone, name: string): Promise<KeystoneRole> {
  return createOnce({
    what: 'role',
    name,
    create: async () =>
      shaped(
        OneRole,
        await keystone.call({ method: 'POST', path: '/roles', body: { role: { name } }, expect: 201 }),
      ).role,
    find: async () => {
      const listed = await list(keystone, { name })
      return roleNamed(name, listed) ?? holderAmong(name, listed)
    },
    // Were it any, `àdmin` would be `admin`.
    isThis: (found) => roleNamed(name, [found]) !== undefined,
  })
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneRole[]> {
  return wholeList(
    'roles',
    Role,
    await keystone.call({ method: 'GET', path: pathTo('roles'), query, expect: 200 }),
  )
}
