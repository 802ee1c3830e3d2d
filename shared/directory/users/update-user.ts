import { adminSince, type AssignableType } from '../../domain/entities/user-type.ts'
import {
  invitationDays,
  isMainCustomer,
  typeOf,
  type User,
  type UserStatus,
} from '../../domain/entities/user.ts'
import type { AuditEventType } from '../../domain/values/audit-event.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { addMilliseconds, type Instant, type Stamp } from '../../domain/values/instant.ts'
import { invited } from '../../mail/plan-invitation.ts'
import { userItem } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { userChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isByPerson,
  type ChangePlan,
  changePlan,
  superseded,
  unchanged,
} from '../change/change-plan.ts'
import { restoreVoided } from '../grants/restore-voided.ts'
import { planAdmins } from './admins.ts'
import { moveEmail } from './email-claims.ts'
import { requestCleanupIfVoided, withUserType } from './type-change.ts'

export type UpdateUser = {
  name?: string | undefined
  /**
   * A new address invites again: a login that isn't linked yet may link itself by it. So does the present address if
   * no login may link itself any more.
   */
  email?: string | undefined
  status?: UserStatus | undefined
  type?: AssignableType | undefined
}

const fields = ['name', 'email', 'status'] as const

/**
 * Sets the given fields whose last write is older than the change. A type with a newer one after it is still inserted
 * into the history, where it may end a period as admin or revoke grants that billing can't hold.
 */
export async function updateUser(
  context: Context,
  user: Versioned<User>,
  input: UpdateUser,
): Promise<ChangePlan<User>> {
  if (user.deleted) return superseded
  refuseLocked(context, user, input)
  if (isByPerson(context) && changesNothing(user, input, context)) {
    return unchanged(user, [{ key: keys.user(user.customerId, user.id), expectedVersion: user.version }])
  }
  const { moved, stamp } = await moveEmail(context, user, input.email)
  const at = timestampAfter(context, stamp, ...replacedBy(user, input))
  const applied = apply(user, input, at)
  await restoreVoided(context, user, applied)
  if (applied === user) return isKnown(context, user, input) ? planKnown(at, user, input) : superseded
  const invites = input.email !== undefined && applied.stamps.email === at.stamp
  const { user: updated, writes: message } = invites ? invited(at, applied) : { user: applied, writes: [] }
  const writes = [
    { put: userItem(updated), expectedVersion: user.version },
    ...requestCleanupIfVoided(user, updated, at.stamp),
    ...moved(at.stamp),
    ...message,
    ...(await planAdmins(at, user.customerId, [{ before: user, after: updated }])),
  ]
  const changes = [userChange({ before: user, after: updated })]
  const plan = changePlan(at, {
    customerId: user.customerId,
    eventType: eventTypeOf(input),
    writes,
    changes,
    after: updated,
  })
  return isOvertaken(user, updated, input, at.stamp) ? { outcome: 'superseded', change: plan.change } : plan
}

/**
 * Throws `locked`: ownership transfer alone replaces the main-customer. A mistyped address can be corrected until a
 * login is linked.
 */
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

function changesNothing(user: User, { type, ...input }: UpdateUser, { now }: Context): boolean {
  const isSame = fields.every((name) => input[name] === undefined || input[name] === user[name])
  return isSame && type === undefined && !(input.email !== undefined && isOverdue(user, now))
}

/** True if no login can link itself unless the user is invited again. */
function isOverdue({ login, unlinked, invitedAt }: User, now: Instant): boolean {
  const isOver = now > addMilliseconds(invitedAt, invitationDays * 86_400_000)
  return login === undefined && (unlinked !== undefined || isOver)
}

/** A change of address replaces all facts that events know by the old one. */
function replacedBy({ stamps, types }: User, input: UpdateUser): (Stamp | undefined)[] {
  if (input.email !== undefined) return [stamps.name, stamps.email, stamps.status, types.at(-1)?.at]
  return fields.filter((name) => input[name] !== undefined).map((name) => stamps[name])
}

/** A change that arrived before the creation of its user gets an audit event of its own all the same. */
function planKnown(at: Context, user: Versioned<User>, input: UpdateUser): ChangePlan<User> {
  const updated = { ...user, updatedAt: at.now }
  const writes = [{ put: userItem(updated), expectedVersion: user.version }]
  const changes = [userChange({ before: user, after: updated })]
  return changePlan(at, {
    customerId: user.customerId,
    eventType: eventTypeOf(input),
    writes,
    changes,
    after: updated,
  })
}

/** True if this very event's facts were applied when the user was created. */
function isKnown({ stamp }: Context, { types, stamps }: User, { type, ...input }: UpdateUser): boolean {
  const named = fields.filter((name) => input[name] !== undefined)
  return (
    named.some((name) => stamps[name] === stamp) ||
    (type !== undefined && types.some(({ at }) => at === stamp))
  )
}

function eventTypeOf({ name, email, status, type }: UpdateUser): AuditEventType {
  if (status === undefined || (name ?? email ?? type) !== undefined) return 'user.updated'
  return status === 'disabled' ? 'user.disabled' : 'user.enabled'
}

function apply(user: User, { type, ...input }: UpdateUser, { stamp, now }: Context): User {
  const set = fields.filter((name) => input[name] !== undefined && user.stamps[name] < stamp)
  const typed =
    type && stamp >= (user.types[0]?.at ?? '') ? withUserType(user, { type, at: stamp }, now) : user
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

/** True if the change has no visible effect and changes no right. */
function isOvertaken(before: User, after: User, { type }: UpdateUser, stamp: Stamp): boolean {
  const setsField = fields.some((name) => after.stamps[name] === stamp)
  const setsType = type !== undefined && after.types.at(-1)?.at === stamp
  const changesRights =
    type === 'customer-billing' ||
    typeOf(before) !== typeOf(after) ||
    adminSince(before.types) !== adminSince(after.types)
  return !setsField && !setsType && !changesRights
}
