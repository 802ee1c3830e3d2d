import { DomainError } from '../domain/errors.ts'
import type { Stamp } from '../domain/instant.ts'
import type { User } from '../domain/user.ts'
import { isMainCustomer, typeOf } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import { adminSince, withType } from '../domain/user-type.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { requireUser } from './resolve.ts'

export type UpdateUser = {
  customerId: string
  user: string
  name?: string | undefined
  type?: AssignableType | undefined
}

/** Every one counts for late events, and a decision reads them all. */
const typesKept = 200

/**
 * Sets name and type, those that are given and older than the change. A type that is overtaken by a newer one is still
 * put into the history, where it may end a run as admin or void grants that billing couldn't hold.
 */
export async function updateUser(context: Context, input: UpdateUser): Promise<Plan> {
  const { user } = await requireUser(context, input.customerId, input.user)
  if (user.deleted) return superseded
  if (input.type && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's type changes by ownership transfer only")
  }
  if (input.type && user.types.length >= typesKept) {
    throw new DomainError('quota', `a user's type changes ${typesKept} times at most`)
  }
  const updated = apply(user, input, context)
  if (updated === user) return superseded
  const writes = [
    { put: userItem(updated), was: user.version },
    ...(await planAdmins(context, user.customerId, user, updated)),
  ]
  const plan = planned(context, user.customerId, 'user.updated', writes, [
    userChange({ before: user, after: updated }),
  ])
  return isOvertaken(user, updated, input, context.stamp) ? { ...plan, outcome: 'superseded' } : plan
}

function apply(user: User, { name, type }: UpdateUser, { stamp, now }: Context): User {
  const setsName = name !== undefined && user.stamps.name < stamp
  const types = type ? withType(user.types, { type, at: stamp }) : user.types
  if (!setsName && types === user.types) return user
  return {
    ...user,
    ...(setsName && { name }),
    types,
    updatedAt: now,
    stamps: { ...user.stamps, ...(setsName && { name: stamp }) },
  }
}

/** True if nothing that was asked for is visible, and no right changed by it. */
function isOvertaken(before: User, after: User, { type }: UpdateUser, stamp: Stamp): boolean {
  const setsName = after.stamps.name === stamp
  const setsType = type !== undefined && after.types.at(-1)?.at === stamp
  const changesRights =
    type === 'customer-billing' ||
    typeOf(before) !== typeOf(after) ||
    adminSince(before.types) !== adminSince(after.types)
  return !setsName && !setsType && !changesRights
}
