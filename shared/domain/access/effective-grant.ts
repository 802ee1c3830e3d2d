import type { GrantedResource, StoredGrant } from '../entities/grant.ts'
import { currentType, revokedByTypeSince } from '../entities/user-type.ts'
import { typeOf, type User } from '../entities/user.ts'
import { newestWhere } from './main-grant.ts'

/** Why the user's type can't carry the grant; `undefined` if it can. */
export function ceilingViolation(
  user: User,
  resource: GrantedResource,
  roles: readonly string[],
): string | undefined {
  return typeOf(user) === 'customer-billing' ? aboveBilling(resource, roles) : undefined
}

function aboveBilling({ kind, id }: GrantedResource, roles: readonly string[]): string | undefined {
  if (kind === 'server') return 'a billing user holds no servers'
  if (id !== 'main') return 'a billing user holds no OpenStack projects'
  return roles.length > 0 ? 'a billing user holds no role in the Main project' : undefined
}

/** The newest stored fact about Main that the type may carry: any, but for billing. */
export function storedTerms(user: User, stored: StoredGrant | undefined): StoredGrant | undefined {
  return typeOf(user) === 'customer-billing' ? termsOfBilling(stored) : stored
}

/** A billing user may be a member of Main, or be removed from it, and holds no role there. */
function termsOfBilling(stored: StoredGrant | undefined): StoredGrant | undefined {
  return stored && newestWhere(stored, ({ revoked, roles }) => revoked === true || roles.length === 0)
}

/**
 * The stored grant if it is in effect: not revoked, not ended by a change of type or a deletion, not above the
 * present type's ceiling.
 */
export function effectiveGrant(user: User, grant: StoredGrant | undefined): StoredGrant | undefined {
  if (!grant) return undefined
  const { types, lastDeleted } = user
  const isBilling = currentType(types) === 'customer-billing'
  const stored = isBilling ? termsOfBilling(grant) : grant
  if (!stored || stored.revoked) return undefined
  const { stamp } = stored
  if (revokedByTypeSince(types, stamp) || (lastDeleted !== undefined && lastDeleted > stamp)) return undefined
  return isBilling && aboveBilling(stored.resource, stored.roles) ? undefined : stored
}
