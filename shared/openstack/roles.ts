import * as v from 'valibot'
import { shaped, wholeList } from './answer.ts'
import { type Keystone, pathTo } from './keystone.ts'
import { createOnce, whoHas } from './unique-name.ts'

const Role = v.object({ id: v.string(), name: v.string() })
export type KeystoneRole = v.InferOutput<typeof Role>

const OneRole = v.object({ role: Role })

/** Those of no domain, which count everywhere. */
export async function listRoles(keystone: Keystone): Promise<KeystoneRole[]> {
  return list(keystone, {})
}

/** The role of this name (255 characters at most), made unless it is there. Roles are everybody's: any will do. */
export async function createRole(keystone: Keystone, name: string): Promise<KeystoneRole> {
  return createOnce({
    what: 'role',
    name,
    create: async () =>
      shaped(
        OneRole,
        await keystone.call({ method: 'POST', path: '/roles', body: { role: { name } }, expect: 201 }),
      ).role,
    find: async () => whoHas(name, await list(keystone, { name })),
    isThis: () => true,
  })
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneRole[]> {
  return wholeList(
    'roles',
    Role,
    await keystone.call({ method: 'GET', path: pathTo('roles'), query, expect: 200 }),
  )
}
