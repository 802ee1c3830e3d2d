import type { Claim } from '../../domain/entities/claim.ts'
import {
  withFacts,
  type UnclaimedFacts,
  factsAfter,
  factsOfUser,
  factsUntil,
  stampsOfFacts,
} from '../../domain/entities/unclaimed-facts.ts'
import { isMainCustomer, type User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { requestCleanup } from '../../records/cleanup-requests.ts'
import { tombstoneTtl } from '../../records/grants.ts'
import { userItem } from '../../records/users.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { userChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  type ChangePlan,
  changePlan,
  superseded,
} from '../change/change-plan.ts'
import { planUnlink } from '../logins/unlink-login.ts'
import { planAdmins } from './admins.ts'
import { endEmails } from './email-claims.ts'

/**
 * Ends all rights of the user and frees the address; the clean-up removes the grants. A tombstone stays for late
 * events. Facts from events after the deletion are about the next holder of the address. `named`: the address in the
 * event, as the user may have another one by now.
 */
export async function deleteUser(
  context: Context,
  user: Versioned<User>,
  named = user.email,
): Promise<ChangePlan<undefined>> {
  if (user.deleted) return user.deleted === context.stamp ? planKnown(context, user) : superseded
  if (isMainCustomer(user)) throw new DomainError('locked', 'the main-customer cannot be deleted')
  const { name, status, email } = user.stamps
  const at = timestampAfter(context, name, status, email, user.types.at(-1)?.at)
  const { now } = at
  const facts = factsOfUser(user, at.stamp)
  const deleted: User = {
    ...user,
    deleted: at.stamp,
    login: undefined,
    updatedAt: now,
    cleanupSince: now,
    returning: facts && stampsOfFacts(facts),
  }
  const [claims, admins, unlinked] = await Promise.all([
    endEmails(
      at,
      user,
      (claim, address) => withUnclaimedFacts(claim, factsForAddress(facts, user, named, address)),
      named,
    ),
    planAdmins(at, user.customerId, [{ before: user, after: deleted }]),
    planUnlink(at, user),
  ])
  const writes: Write[] = [
    { put: { ...userItem(deleted), ttl: tombstoneTtl(context.table.now()) }, expectedVersion: user.version },
    requestCleanup(user.customerId, 'user', user.id, at.stamp),
    ...claims,
    ...admins,
    ...unlinked.writes,
  ]
  const changes = [userChange({ before: user, after: deleted }), ...unlinked.changes]
  return changePlan(at, {
    customerId: user.customerId,
    eventType: 'user.deleted',
    writes,
    changes,
    after: undefined,
  })
}

/** A deletion that arrived before the creation of its user gets an audit event of its own all the same. */
function planKnown(context: Context, user: Versioned<User>): ChangePlan<undefined> {
  const updated = { ...user, updatedAt: context.now }
  const writes = [
    { put: { ...userItem(updated), ttl: tombstoneTtl(context.table.now()) }, expectedVersion: user.version },
  ]
  const changes = [userChange({ before: user, after: updated })]
  return changePlan(context, {
    customerId: user.customerId,
    eventType: 'user.deleted',
    writes,
    changes,
    after: undefined,
  })
}

const withUnclaimedFacts = (claim: Claim, facts: UnclaimedFacts | undefined): Claim => ({
  ...claim,
  unclaimed: (facts && withFacts(claim.unclaimed, facts)) ?? claim.unclaimed,
})

/** Facts from after a change of address belong to the new address. */
function factsForAddress(
  facts: UnclaimedFacts | undefined,
  user: User,
  named: string,
  address: string,
): UnclaimedFacts | undefined {
  if (named === user.email) return facts
  const changed = user.stamps.email
  return address === named ? factsUntil(facts, changed) : factsAfter(facts, changed)
}
