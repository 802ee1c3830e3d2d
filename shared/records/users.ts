import type { StoredGrant } from '../domain/entities/grant.ts'
import { mainProjectId } from '../domain/entities/project.ts'
import { typeOf, type User } from '../domain/entities/user.ts'
import type { Item, Versioned } from '../table/item.ts'
import { grantedOn, keys } from '../table/keys.ts'
import type { TableReads } from '../table/table.ts'
import { dueCleanup } from './cleanup-requests.ts'
import { asGrant, grantKeyOf } from './grants.ts'

/**
 * The membership of Main that comes with the type is indexed with the user, so that listing Main's members finds it.
 */
export function userItem(user: User) {
  const inMainByType = !user.deleted && !['customer-tech', 'customer-client'].includes(typeOf(user))
  const key = keys.user(user.customerId, user.id)
  return {
    ...user,
    ...key,
    ...dueCleanup(key, user.cleanupSince),
    grantedOn: inMainByType ? grantedOn(user.customerId, 'project', mainProjectId) : undefined,
    grantedTo: inMainByType ? user.id : undefined,
  }
}

export const asUser = (item: Item | undefined) => item as Versioned<User> | undefined

/** A user with all stored grants, by `project/<id>` and `server/<id>`. */
export type UserWithGrants = {
  user: Versioned<User> | undefined
  grants: ReadonlyMap<string, Versioned<StoredGrant>>
}

/** Reads the user's whole item collection, one Query per megabyte. */
export async function findUserWithGrants(
  table: TableReads,
  customerId: string,
  userId: string,
): Promise<UserWithGrants> {
  const { pk } = keys.user(customerId, userId)
  let user: Versioned<User> | undefined
  const grants = new Map<string, Versioned<StoredGrant>>()
  for await (const item of table.queryAll({ partition: pk })) {
    if (item.sk === 'USER') user = asUser(item)
    else {
      const grant = asGrant(item)
      if (grant) grants.set(grantKeyOf(grant.resource), grant)
    }
  }
  return { user, grants }
}
