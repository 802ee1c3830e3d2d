import type { Customer } from '../entities/customer.ts'
import { isExpired } from '../entities/grant.ts'
import { mainDescription, mainProjectId, type Project } from '../entities/project.ts'
import { storedMainGrant, type User } from '../entities/user.ts'
import type { Instant } from '../values/instant.ts'
import { membershipOf } from './membership.ts'

/**
 * The Main project as it follows from its customer: made in the same moment, under its identifier, and never changed.
 * What only needs to know that it's there, and since when, needn't read it.
 */
export function mainProjectOf({ id, createdAt }: Customer): Project {
  return {
    id: mainProjectId,
    customerId: id,
    kind: 'main',
    name: id,
    description: mainDescription,
    status: 'active',
    createdAt,
    updatedAt: createdAt,
  }
}

/** True for a member of Main whose membership hasn't expired. */
export function isMainMember(customer: Customer, user: User, now: Instant): boolean {
  const membership = membershipOf(user, mainProjectOf(customer), storedMainGrant(user))
  return membership !== undefined && !isExpired(membership, now)
}
