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
 * From this transaction on nothing the user held counts, and the address is free; the clean-up removes the grants. A
 * marker stays for late events. What events have said of the user since is said of whoever has the address then. `named`:
 * the address that an event knows the user by, which may have another one by now.
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
  const said = factsOfUser(user, at.stamp)
  const deleted: User = {
    ...user,
    deleted: at.stamp,
    login: undefined,
    updatedAt: now,
    cleanupSince: now,
    returning: said && stampsOfFacts(said),
  }
  const [claims, admins, unlinked] = await Promise.all([
    endEmails(at, user, (claim, address) => saying(claim, ofAddress(said, user, named, address)), named),
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

/** A deletion that was known before its user was made is told by an event of its own all the same. */
function planKnown(context: Context, user: Versioned<User>): ChangePlan<undefined> {
  const told = { ...user, updatedAt: context.now }
  const writes = [
    { put: { ...userItem(told), ttl: tombstoneTtl(context.table.now()) }, expectedVersion: user.version },
  ]
  const changes = [userChange({ before: user, after: told })]
  return changePlan(context, {
    customerId: user.customerId,
    eventType: 'user.deleted',
    writes,
    changes,
    after: undefined,
  })
}

const saying = (claim: Claim, said: UnclaimedFacts | undefined): Claim => ({
  ...claim,
  said: (said && withFacts(claim.said, said)) ?? claim.said,
})

/** Since an address was changed, events know its user by the new one. */
function ofAddress(
  said: UnclaimedFacts | undefined,
  user: User,
  named: string,
  address: string,
): UnclaimedFacts | undefined {
  if (named === user.email) return said
  const changed = user.stamps.email
  return address === named ? factsUntil(said, changed) : factsAfter(said, changed)
}
