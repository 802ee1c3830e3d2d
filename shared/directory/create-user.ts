import { actorName } from '../domain/actor.ts'
import { claimedBy, holderNow, lastReleased } from '../domain/claim.ts'
import type { StoredGrant } from '../domain/grant.ts'
import { instantOfStamp } from '../domain/instant.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import { keptOfMain } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import { emailClaimItem } from '../table/claims.ts'
import { asWaitingRevocation, grantItem } from '../table/grants.ts'
import type { Write } from '../table/item.ts'
import { userItem } from '../table/users.ts'
import { afterNewestProject, planAdmins } from './admins.ts'
import { membershipChange, userChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, isEvent, newId, planned, superseded } from './context.ts'
import { grantSource } from './grant-source.ts'
import { invited } from './invitation.ts'
import { revocationKey } from './name-pair.ts'
import { resolve } from './resolve.ts'

export type CreateUser = {
  customerId: string
  email: string
  name: string
  type: AssignableType
  /** Membership of Main of its own, which stays when a type that brings it goes. */
  main?: boolean | undefined
}

export async function createUser(context: Context, input: CreateUser): Promise<Plan<User>> {
  const { customerId, email, type } = input
  const [{ emailClaim, emailKey }, joinsMain, ordered] = await Promise.all([
    resolve(context, { customerId, email }),
    input.main === true && isNotRevokedSince(context, input),
    type === 'customer-admin' ? afterNewestProject(context, customerId) : { context, admins: undefined },
  ])
  if (holderNow(emailClaim)) {
    const awaited = { key: emailKey, was: emailClaim?.version }
    throw new Awaiting('conflict', 'a user of this customer has this e-mail address', awaited)
  }
  const at = countingAfter(ordered.context, lastReleased(emailClaim))
  if (lastReleased(emailClaim) > at.stamp) return superseded
  const { user: created, writes: message } = invited(at, newUser(at, input))
  const grant = joinsMain ? mainGrant(at, created) : undefined
  const user = { ...created, inMain: grant && keptOfMain(grant) }
  const writes: Write[] = [
    { put: userItem(user), was: undefined },
    {
      put: emailClaimItem(customerId, email, claimedBy(emailClaim, user.id, at.stamp)),
      was: emailClaim?.version,
    },
    ...(await planAdmins(at, customerId, [{ after: user }], ordered.admins)),
    ...message,
  ]
  const changes = [userChange({ after: user })]
  if (grant) {
    writes.push({ put: grantItem(grant), was: undefined })
    changes.push(membershipChange({ after: grant }))
  }
  return planned(at, customerId, 'user.created', writes, changes, user)
}

/** Membership of Main is a grant like any other: it doesn't pass a newer revocation that waits for its user. */
async function isNotRevokedSince(context: Context, { customerId, email }: CreateUser) {
  if (!isEvent(context)) return true
  const key = revocationKey({ customerId, user: email, project: customerId })
  const waiting = asWaitingRevocation(await context.table.get(key))
  return !waiting || waiting.stamp < context.stamp
}

function newUser({ stamp, now }: Context, { customerId, email, name, type }: CreateUser): User {
  return {
    id: newId('usr', now),
    customerId,
    email,
    name,
    status: 'active',
    types: [{ type, at: stamp }],
    createdAt: instantOfStamp(stamp),
    updatedAt: now,
    invitedAt: now,
    stamps: { name: stamp, status: stamp, email: stamp },
  }
}

function mainGrant({ actor, stamp, now }: Context, user: User): StoredGrant {
  return {
    customerId: user.customerId,
    userId: user.id,
    resource: { kind: 'project', id: mainProjectId },
    stamp,
    roles: [],
    capabilities: [],
    source: grantSource(actor),
    grantedBy: actorName(actor),
    grantedAt: now,
  }
}
