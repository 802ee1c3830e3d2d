import type { Facts, ResourceRef } from '../../domain/access/decide.ts'
import { type EffectiveRight, effectiveRights } from '../../domain/access/effective-access.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { User } from '../../domain/entities/user.ts'
import type { DirectoryAt } from './directory-at.ts'
import { type Given, givenBy } from './given-by.ts'

/** A right with who gave it; `event`: the id of the audit event, if it was looked for and found. */
export type RightAt = EffectiveRight & { given: Given | undefined; event?: string | undefined }

/** The rights of a user on a resource at a time; `resource` is absent for the customer as a whole. */
export type AccessAt = {
  customer: Customer
  user: User
  resource: Facts['resource']
  rights: readonly RightAt[]
}

/** The rights as `decide` gave them at that time; `undefined` if there were none. */
export function accessAt(directory: DirectoryAt, userId: string, ref: ResourceRef): AccessAt | undefined {
  const facts = directory.factsOf(userId, ref)
  if (!facts) return undefined
  const rights = effectiveRights(facts, ref)
  if (rights.length === 0) return undefined
  const { customer, user, resource } = facts
  return {
    customer,
    user,
    resource,
    rights: rights.map((right) => ({ ...right, given: givenBy(facts, right.reason) })),
  }
}
