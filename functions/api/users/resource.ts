import { isMainMember } from '../../../shared/domain/access/main-project.ts'
import { isMainCustomer, typeOf, type User } from '../../../shared/domain/entities/user.ts'
import { presentInstant, presentOptional } from '../../../shared/domain/values/instant.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { customerOf, userOf } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

const lockReason = 'the main-customer can only be replaced, by a transfer of the ownership'

/** `mainMember`: in the Main project now, so that the Interface can be reached. */
export function presentUser(user: User, mainMember: boolean): Representation<'user'> {
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

export const userResource: Resource<User, Versioned<User>> = {
  schema: 'user',
  name: 'user',
  load: userOf,
  show: (call, user) => presentUser(user, isMainMember(customerOf(call), user, call.now)),
}
