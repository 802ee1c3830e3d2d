import { type TypeEntry, revokedByTypeUntil, withType } from '../../domain/entities/user-type.ts'
import { isMainCustomer, typeOf, type User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import type { Instant, Stamp } from '../../domain/values/instant.ts'
import { requestCleanup } from '../../records/cleanup-requests.ts'
import type { Write } from '../../table/item.ts'

/** Types in a history, at most: late events depend on all of them, and a decision reads them all. */
const typesKept = 200

/**
 * Returns the user with the type inserted in order, marked for the clean-up if it revokes grants; the same user if
 * the entry is known.
 */
export function withUserType(user: User, entry: TypeEntry, now: Instant): User {
  if (user.types.length >= typesKept && !mayAlways(user, entry)) {
    throw new DomainError('quota', `a user's type changes ${typesKept} times at most`)
  }
  const types = withType(user.types, entry)
  if (types === user.types) return user
  const voids = revokedByTypeUntil(types) !== revokedByTypeUntil(user.types)
  return { ...user, types, updatedAt: now, ...(voids && { cleanupSince: now }) }
}

/** Marks the user for the clean-up if its types revoke more than before. */
export function withCleanup(before: User, user: User, now: Instant): User {
  return revokedByTypeUntil(user.types) === revokedByTypeUntil(before.types)
    ? user
    : { ...user, cleanupSince: now }
}

/** Transfers of the ownership are never denied by the quota, and neither is taking an admin's rights away. */
function mayAlways(user: User, { type }: TypeEntry): boolean {
  if (type === 'main-customer' || isMainCustomer(user)) return true
  return typeOf(user) === 'customer-admin' && type !== 'customer-admin' && user.types.length < 2 * typesKept
}

/** Requests the clean-up if the types revoke more than before. */
export function requestCleanupIfVoided(before: User, { id, customerId, types }: User, at: Stamp): Write[] {
  const voids = revokedByTypeUntil(types) !== revokedByTypeUntil(before.types)
  return voids ? [requestCleanup(customerId, 'user', id, at)] : []
}
