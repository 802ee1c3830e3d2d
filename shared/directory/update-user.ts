import { DomainError } from '../domain/errors.ts'
import type { Stamp } from '../domain/instant.ts'
import { instantOfStamp } from '../domain/instant.ts'
import type { User, UserStatus } from '../domain/user.ts'
import { isMainCustomer, typeOf } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import { adminSince } from '../domain/user-type.ts'
import type { Versioned } from '../table/item.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, planned, superseded } from './context.ts'
import { moveEmail } from './email-claims.ts'
import { invited } from './invitation.ts'
import { wakeIfVoid, withNewType } from './user-types.ts'

export type UpdateUser = {
  name?: string | undefined
  /** A new address invites again: a login that isn't linked yet may link itself by it. The present one does so too. */
  email?: string | undefined
  status?: UserStatus | undefined
  type?: AssignableType | undefined
}

const registers = ['name', 'email', 'status'] as const

/**
 * Sets those registers that are given and older than the change. A type that is overtaken by a newer one is still put
 * into the history, where it may end a run as admin or void grants that billing couldn't hold.
 */
export async function updateUser(
  context: Context,
  user: Versioned<User>,
  input: UpdateUser,
): Promise<Plan<User>> {
  if (user.deleted) return superseded
  refuseLocked(context, user, input)
  const replaced = registers.filter((name) => input[name] !== undefined)
  const { moved, stamp } = await moveEmail(context, user, input.email)
  const at = countingAfter(context, stamp, ...replaced.map((name) => user.stamps[name]))
  const applied = apply(user, input, at)
  if (applied === user) return superseded
  const invites = input.email !== undefined && applied.stamps.email === at.stamp
  const { user: updated, writes: message } = invites ? invited(at, applied) : { user: applied, writes: [] }
  const writes = [
    { put: userItem(updated), was: user.version },
    ...wakeIfVoid(user, updated, at.stamp),
    ...moved(at.stamp),
    ...message,
    ...(await planAdmins(at, user.customerId, [{ before: user, after: updated }])),
  ]
  const changes = [userChange({ before: user, after: updated })]
  const plan = planned(at, user.customerId, eventTypeOf(input), writes, changes, updated)
  return isOvertaken(user, updated, input, at.stamp) ? { outcome: 'superseded', change: plan.change } : plan
}

/** The main-customer is replaced by an ownership transfer only; an address typed wrong can be corrected until somebody uses it. */
function refuseLocked({ actor }: Context, user: User, { type, status, email }: UpdateUser): void {
  if (!isMainCustomer(user)) return
  if (type) throw new DomainError('locked', "the main-customer's type changes by ownership transfer only")
  if (status === 'disabled') throw new DomainError('locked', 'the main-customer cannot be disabled')
  if (email !== undefined && (actor.kind !== 'operator' || user.login)) {
    throw new DomainError(
      'locked',
      "the main-customer's e-mail address can only be corrected by an operator, while no login is linked",
    )
  }
}

function eventTypeOf({ name, email, status, type }: UpdateUser): string {
  if (status === undefined || (name ?? email ?? type) !== undefined) return 'user.updated'
  return status === 'disabled' ? 'user.disabled' : 'user.enabled'
}

function apply(user: User, { type, ...input }: UpdateUser, { stamp, now }: Context): User {
  const set = registers.filter((name) => input[name] !== undefined && user.stamps[name] < stamp)
  const typed =
    type && instantOfStamp(stamp) >= user.createdAt ? withNewType(user, { type, at: stamp }, now) : user
  if (set.length === 0 && typed === user) return user
  return {
    ...typed,
    ...Object.fromEntries(set.map((name) => [name, input[name]])),
    ...(set.includes('email') && { unlinked: undefined }),
    ...(isEnabledAgain(user, input, set) && { enabledAgain: stamp }),
    updatedAt: now,
    stamps: { ...user.stamps, ...Object.fromEntries(set.map((name) => [name, stamp])) },
  }
}

const isEnabledAgain = (user: User, { status }: UpdateUser, set: readonly string[]): boolean =>
  set.includes('status') && status === 'active' && user.status === 'disabled'

/** True if nothing that was asked for is visible, and no right changed by it. */
function isOvertaken(before: User, after: User, { type }: UpdateUser, stamp: Stamp): boolean {
  const setsRegister = registers.some((name) => after.stamps[name] === stamp)
  const setsType = type !== undefined && after.types.at(-1)?.at === stamp
  const changesRights =
    type === 'customer-billing' ||
    typeOf(before) !== typeOf(after) ||
    adminSince(before.types) !== adminSince(after.types)
  return !setsRegister && !setsType && !changesRights
}
