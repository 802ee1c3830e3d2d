import {
  type Claim,
  claimedBy,
  ended,
  periodAt,
  lastGone,
  lastReleased,
} from '../../domain/entities/claim.ts'
import { factsAfter, factsUntil, withUnclaimed } from '../../domain/entities/unclaimed-facts.ts'
import { mainGrantCopy, type User } from '../../domain/entities/user.ts'
import type { Stamp } from '../../domain/values/instant.ts'
import { invited } from '../../mail/plan-invitation.ts'
import { emailClaimItem } from '../../records/claims.ts'
import { asWaitingRevocation, grantItem, tombstoneTtl } from '../../records/grants.ts'
import { userItem } from '../../records/users.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { membershipChange, userChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isEvent,
  type ChangePlan,
  changePlan,
  superseded,
} from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { resolveEmail } from '../grants/resolve.ts'
import { restoreGrantsOfUser } from '../grants/restore-grants.ts'
import { revocationKey } from '../grants/waiting-revocation.ts'
import { afterNewestProject, planAdmins } from './admins.ts'
import { createEarlierUser, findUserCreatedLater } from './create-earlier-user.ts'
import { addressInUse, type CreateUser, newMainGrant, newUser } from './new-user.ts'

export type { CreateUser }

export async function createUser(context: Context, input: CreateUser): Promise<ChangePlan<User>> {
  const { customerId, email, type } = input
  const [{ claim: emailClaim, key: emailKey }, joinsMain, ordered] = await Promise.all([
    resolveEmail(context, customerId, email),
    input.main === true && isNotRevokedSince(context, input),
    type === 'customer-admin' ? afterNewestProject(context, customerId) : { context, admins: undefined },
  ])
  const at = timestampAfter(ordered.context, lastReleased(emailClaim), emailClaim?.unclaimed?.deleted)
  const present = periodAt(emailClaim, at.stamp)
  if (present?.until) return superseded
  if (present) {
    const later = emailClaim && (await findUserCreatedLater(at, customerId, present))
    if (later) return createEarlierUser(at, { ...input, main: joinsMain }, emailClaim, later)
    const dependency = { key: emailKey, expectedVersion: versionOf(emailClaim) }
    throw new PendingDependency('conflict', addressInUse, dependency)
  }
  const deleted = emailClaim?.unclaimed?.deleted
  if (deleted && deleted > at.stamp) return createGone(at, input, emailClaim, deleted)
  const gone = lastGone(emailClaim)
  if (gone && isEvent(context)) await restoreGrantsOfUser(context, customerId, gone.id)
  const { user: created, writes: message } = invited(at, newUser(at, input))
  const grant = joinsMain ? newMainGrant(at, created) : undefined
  const facts = emailClaim?.unclaimed
  const user = {
    ...withUnclaimed(created, factsAfter(facts, at.stamp) ?? {}),
    lastDeleted: facts?.deleted,
    mainGrant: grant && mainGrantCopy(grant),
  }
  const claim = { ...claimedBy(emailClaim, user.id, at.stamp), unclaimed: factsUntil(facts, at.stamp) }
  const writes: Write[] = [
    { put: userItem(user), expectedVersion: 'absent' },
    { put: emailClaimItem(customerId, email, claim), expectedVersion: versionOf(emailClaim) },
    ...(await planAdmins(at, customerId, [{ after: user }], ordered.admins)),
    ...message,
  ]
  const changes = [userChange({ after: user })]
  if (grant) {
    writes.push({ put: grantItem(grant), expectedVersion: 'absent' })
    changes.push(membershipChange({ after: grant }))
  }
  return changePlan(at, { customerId, eventType: 'user.created', writes, changes, after: user })
}

/** Creates the user as deleted: a newer deletion has arrived before. */
function createGone(
  context: Context,
  input: CreateUser,
  claim: Versioned<Claim> | undefined,
  deleted: Stamp,
): ChangePlan<User> {
  const { customerId, email } = input
  const user: User = { ...newUser(context, input), deleted }
  const taken = ended(claimedBy(claim, user.id, context.stamp), user.id, deleted)
  const writes: Write[] = [
    { put: { ...userItem(user), ttl: tombstoneTtl(context.table.now()) }, expectedVersion: 'absent' },
    { put: emailClaimItem(customerId, email, taken), expectedVersion: versionOf(claim) },
  ]
  return changePlan(context, {
    customerId,
    eventType: 'user.created',
    writes,
    changes: [userChange({ after: user })],
    after: user,
  })
}

/** False if a newer revocation waits for this user's membership of Main, which is a grant like any other. */
async function isNotRevokedSince(context: Context, { customerId, email }: CreateUser) {
  if (!isEvent(context)) return true
  const key = revocationKey({ customerId, user: email, project: customerId })
  const waiting = asWaitingRevocation(await context.table.get(key))
  return !waiting || waiting.stamp < context.stamp
}
