import { type Claim, periodAt } from '../../domain/entities/claim.ts'
import type { UnclaimedFacts } from '../../domain/entities/unclaimed-facts.ts'
import { isMainCustomer, type User } from '../../domain/entities/user.ts'
import { emailClaimItem } from '../../records/claims.ts'
import { userItem } from '../../records/users.ts'
import { type Versioned, versionOf } from '../../table/item.ts'
import { userChange } from '../change/audit-view.ts'
import { type Context, type ChangePlan, changePlan, superseded } from '../change/change-plan.ts'
import { claimWithFacts, resolveUser } from '../grants/resolve.ts'
import { deleteUser } from './delete-user.ts'
import { type UpdateUser, updateUser } from './update-user.ts'

type Name = { customerId: string; user: string }
type Update = Omit<UpdateUser, 'email'>

/**
 * Updates the user of an address, for an event. Facts from before the user's creation are kept: it may turn out to be
 * older.
 */
export async function updateNamedUser(
  context: Context,
  name: Name,
  input: Update,
): Promise<ChangePlan<User>> {
  const facts = factsOf(context, input)
  const { user, claim } = await resolveUser(context, name, facts)
  if (isMainCustomer(user) || !isBefore(context, claim)) return updateUser(context, user, input)
  const updated = claimWithFacts(claim, facts)
  if (!updated) return superseded
  const writes = [
    { put: emailClaimItem(name.customerId, name.user, updated), expectedVersion: versionOf(claim) },
  ]
  return { outcome: 'superseded', change: { writes } }
}

/** Deletes the user of an address, for an event. */
export async function deleteNamedUser(context: Context, name: Name): Promise<ChangePlan<undefined>> {
  const { user, claim } = await resolveUser(context, name, { deleted: context.stamp })
  if (isMainCustomer(user) || !isBefore(context, claim)) return deleteUser(context, user, name.user)
  return endOlder(context, user)
}

/** True if the event is older than the user it means. */
const isBefore = ({ stamp }: Context, claim: Claim | undefined) =>
  (periodAt(claim, stamp)?.from ?? '') > stamp

function factsOf({ stamp: at }: Context, { name, status, type }: Update): UnclaimedFacts {
  return {
    name: name === undefined ? undefined : { value: name, at },
    status: status && { value: status, at },
    types: type && [{ type, at }],
  }
}

/** The deletion of an earlier user of this address: ends older grants, and leaves this user. */
function endOlder(context: Context, user: Versioned<User>): ChangePlan<undefined> {
  const { stamp, now } = context
  if (user.deleted || (user.lastDeleted ?? '') >= stamp) return superseded
  const updated: User = { ...user, lastDeleted: stamp, updatedAt: now }
  const writes = [{ put: userItem(updated), expectedVersion: user.version }]
  const changes = [userChange({ before: user, after: updated })]
  return changePlan(context, {
    customerId: user.customerId,
    eventType: 'user.updated',
    writes,
    changes,
    after: undefined,
  })
}
