import { stampsOf, withFact, withoutCreation } from '../../domain/access/main-grant.ts'
import { type Claim, claimedFrom, type OwnershipPeriod } from '../../domain/entities/claim.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { factsAfter, factsUntil, withUnclaimed } from '../../domain/entities/unclaimed-facts.ts'
import { isMainCustomer, mainGrantCopy, type User } from '../../domain/entities/user.ts'
import { deliveryOfStamp, type Stamp } from '../../domain/values/instant.ts'
import { emailClaimItem } from '../../records/claims.ts'
import { asGrant, grantItem } from '../../records/grants.ts'
import { asUser, userItem } from '../../records/users.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { membershipChange, userChange } from '../change/audit-view.ts'
import { type Context, isEvent, type ChangePlan, changePlan, superseded } from '../change/change-plan.ts'
import { restoreCreation } from '../grants/restore-claimed.ts'
import { restoreVoided } from '../grants/restore-voided.ts'
import { planAdmins } from './admins.ts'
import { addressInUse, type CreateUser, newMainGrant, newUser } from './new-user.ts'
import { requestCleanupIfVoided, withCleanup } from './type-change.ts'

/** Finds the user of an address whom a newer event has created, so that an older creation comes before it. */
export async function findUserCreatedLater(
  context: Context,
  customerId: string,
  { id, from, moved }: OwnershipPeriod,
): Promise<Versioned<User> | undefined> {
  if (!isEvent(context) || from <= context.stamp || moved || !deliveryOfStamp(from)) return undefined
  const user = asUser(await context.table.get(keys.user(customerId, id)))
  return user && !isMainCustomer(user) ? user : undefined
}

/**
 * Moves the creation of the user back to this older event, and applies the facts since. The newer creation of the
 * same address waits, as it would have in order.
 */
export async function createEarlierUser(
  context: Context,
  input: CreateUser,
  claim: Versioned<Claim>,
  later: Versioned<User>,
): Promise<ChangePlan<User>> {
  const { stamp, now, table } = context
  if (later.deleted || (later.lastDeleted ?? '') > stamp) return superseded
  const { customerId, email } = input
  const from = createdAt(later)
  const merged = withUnclaimed(
    withEarlierCreation(later, newUser(context, input), from),
    factsAfter(claim.unclaimed, stamp) ?? {},
  )
  await restoreVoided(context, later, merged)
  const main = await mergeMainGrant(context, input, later, from)
  const updated = {
    ...withCleanup(later, merged, now),
    mainGrant: main.grant && mainGrantCopy(main.grant),
  }
  const key = keys.email(customerId, email)
  const moved = { ...claimedFrom(claim, later.id, stamp), unclaimed: factsUntil(claim.unclaimed, stamp) }
  const writes: Write[] = [
    { put: userItem(updated), expectedVersion: later.version },
    { put: emailClaimItem(customerId, email, moved), expectedVersion: claim.version },
    ...requestCleanupIfVoided(later, updated, stamp),
    ...(await planAdmins(context, customerId, [{ before: later, after: updated }])),
    ...main.writes,
    ...(await restoreCreation(table, from, key, addressInUse, now)),
  ]
  const changes = [userChange({ before: later, after: updated }), ...main.changes]
  return changePlan(context, { customerId, eventType: 'user.created', writes, changes, after: updated })
}

/** Replaces the fact that the newer creation brought to Main's stored grant by that of the older one. */
async function mergeMainGrant(context: Context, input: CreateUser, later: User, from: Stamp) {
  const key = keys.grant(later.customerId, later.id, 'project', mainProjectId)
  const before = asGrant(await context.table.get(key))
  const rest = before && withoutCreation(before, from)
  const grant = input.main ? (withFact(rest, newMainGrant(context, later)) ?? rest) : rest
  const isSame = String(before && stampsOf(before)) === String(grant && stampsOf(grant))
  const none = { grant: before, writes: [], changes: [] }
  if (isSame) return none
  const write: Write = grant
    ? { put: grantItem(grant), expectedVersion: versionOf(before) }
    : { remove: key, expectedVersion: versionOf(before) }
  return { grant, writes: [write], changes: [membershipChange({ before, after: grant })] }
}

const createdAt = ({ types }: User): Stamp => types[0]?.at ?? ''

/** Takes fields that the newer creation set from the older one; all others stay. */
function withEarlierCreation(later: User, own: User, from: Stamp): User {
  const { name, status, email } = later.stamps
  return {
    ...later,
    createdAt: own.createdAt,
    updatedAt: own.updatedAt,
    name: name === from ? own.name : later.name,
    status: status === from ? own.status : later.status,
    types: [...own.types, ...later.types.filter(({ at }) => at !== from)],
    stamps: {
      name: name === from ? own.stamps.name : name,
      status: status === from ? own.stamps.status : status,
      email: email === from ? own.stamps.email : email,
    },
  }
}
