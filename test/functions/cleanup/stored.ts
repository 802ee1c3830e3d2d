import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import { grantItem } from '../../../shared/records/grants.ts'
import { asUser, findUserWithGrants, userItem } from '../../../shared/records/users.ts'
import type { Versioned, Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'

export const customerId = 'BGE000001'

/** A user's stored grants, effective or not, by `project/prj_1`. */
export async function storedGrantsOf(table: Table, userId: string, id = customerId) {
  return (await findUserWithGrants(table, id, userId)).grants
}

export async function readUser(table: Table, userId: string, id = customerId): Promise<Versioned<User>> {
  const user = asUser(await table.get(keys.user(id, userId)))
  if (!user) throw new Error(`no user ${userId}`)
  return user
}

const stampedAt = (second: number) => `2026-08-01T00:00:00.${String(second).padStart(9, '0')}Z#seed`

export function grantOf(userId: string, place: number): StoredGrant {
  const kind = place % 3 === 0 ? 'server' : 'project'
  return {
    customerId,
    userId,
    resource: { kind, id: `${kind}_${String(place).padStart(5, '0')}` },
    stamp: stampedAt(place),
    roles: kind === 'project' ? ['compute:operate', 'network:read'] : [],
    capabilities: kind === 'server' ? ['view', 'power'] : [],
    source: 'webhook',
    grantedBy: 'webhook:orders',
    grantedAt: '2026-08-01T00:00:01.000000000Z',
  }
}

/** Stores a user, by default one deleted a moment ago, with so many grants: by events it would take long. */
export async function storeUser(
  table: Table,
  userId: string,
  count: number,
  { user: as, terms }: { user?: Partial<User>; terms?: Partial<StoredGrant> } = {},
) {
  const at = '2026-08-02T00:00:00.000000000Z'
  const stamp = `${at}#seed`
  const user: User = {
    id: userId,
    customerId,
    email: `${userId}@bge.example`,
    name: userId,
    status: 'active',
    types: [{ type: 'customer-tech', at: stampedAt(0) }],
    createdAt: '2026-08-01T00:00:00.000000000Z',
    updatedAt: at,
    invitedAt: at,
    stamps: { name: stamp, status: stamp, email: stamp },
    deleted: stamp,
    cleanupSince: at,
    ...as,
  }
  await table.transact([{ put: userItem(user), expectedVersion: 'absent' }])
  const writes = Array.from({ length: count }, (_, place): Write => {
    return { put: grantItem({ ...grantOf(userId, place), ...terms }), expectedVersion: 'absent' }
  })
  for (let from = 0; from < count; from += 100) await table.transact(writes.slice(from, from + 100))
  return keys.user(customerId, userId)
}
