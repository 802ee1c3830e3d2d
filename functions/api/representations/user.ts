import { presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import type { User } from '../../../shared/domain/user.ts'
import { isMainCustomer, typeOf } from '../../../shared/domain/user.ts'

const lockReason = 'the main-customer can only be replaced, by a transfer of the ownership'

/** `mainMember`: in the Main project now, so that the Interface can be reached. */
export function presentUser(user: User, mainMember: boolean) {
  const { id, customerId, email, name, status } = user
  return {
    id,
    customerId,
    email,
    name,
    type: typeOf(user),
    status,
    locked: isMainCustomer(user),
    lockReason: isMainCustomer(user) ? lockReason : undefined,
    mainMember,
    loginLinked: user.login !== undefined,
    lastSeenAt: presentOptional(user.lastSeenAt),
    createdAt: presentInstant(user.createdAt),
    updatedAt: presentInstant(user.updatedAt),
  }
}
