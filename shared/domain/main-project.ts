import type { Customer } from './customer.ts'
import { isExpired } from './grant.ts'
import type { Instant } from './instant.ts'
import { membershipOf } from './membership.ts'
import type { Project } from './project.ts'
import { mainDescription, mainProjectId } from './project-name.ts'
import type { User } from './user.ts'
import { registerInMain } from './user.ts'

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
  const membership = membershipOf(user, mainProjectOf(customer), registerInMain(user))
  return membership !== undefined && !isExpired(membership, now)
}
