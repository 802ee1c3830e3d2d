import type { Customer } from '../entities/customer.ts'
import { isExpired } from '../entities/grant.ts'
import { mainDescription, mainProjectId, type Project } from '../entities/project.ts'
import { storedMainGrant, type User } from '../entities/user.ts'
import type { Instant } from '../values/instant.ts'
import { membershipOf } from './membership.ts'

/**
 * The Main project, derived from its customer: created at the same moment, under the customer's identifier, and never
 * changed. So a decision about it needs no read.
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
