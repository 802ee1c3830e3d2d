import { actorName } from '../domain/actor.ts'
import { claimedBy, holderNow, lastReleased } from '../domain/claim.ts'
import type { StoredGrant } from '../domain/grant.ts'
import { instantOfStamp } from '../domain/instant.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import { emailClaimItem } from '../table/claims.ts'
import { asWaitingRevocation, grantItem } from '../table/grants.ts'
import type { Write } from '../table/item.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { membershipChange, userChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { newId, planned, superseded } from './context.ts'
import { grantSource } from './grant-source.ts'
import { revocationKey } from './pair.ts'
import { resolve } from './resolve.ts'

export type CreateUser = {
  customerId: string
  email: string
  name: string
  type: AssignableType
  /** Membership of Main of its own, which stays when a type that brings it goes. */
  main?: boolean | undefined
}

export async function createUser(context: Context, input: CreateUser): Promise<Plan> {
  const { customerId, email } = input
  const [{ emailClaim, emailKey }, joinsMain] = await Promise.all([
    resolve(context, { customerId, email }),
    input.main === true && isNotRevokedSince(context, input),
  ])
  if (holderNow(emailClaim)) {
    const awaited = { key: emailKey, was: emailClaim?.version }
    throw new Awaiting('conflict', 'a user of this customer has this e-mail address', awaited)
  }
  if (lastReleased(emailClaim) > context.stamp) return superseded
  const user = newUser(context, input)
  const writes: Write[] = [
    { put: userItem(user), was: undefined },
    {
      put: emailClaimItem(customerId, email, claimedBy(emailClaim, user.id, context.stamp)),
      was: emailClaim?.version,
    },
    ...(await planAdmins(context, customerId, undefined, user)),
  ]
  const changes = [userChange({ after: user })]
  if (joinsMain) {
    const grant = mainGrant(context, user)
    writes.push({ put: grantItem(grant), was: undefined })
    changes.push(membershipChange({ after: grant }))
  }
  return planned(context, customerId, 'user.created', writes, changes)
}

/** Membership of Main is a grant like any other: it doesn't pass a newer revocation that waits for its user. */
async function isNotRevokedSince({ table, stamp }: Context, { customerId, email }: CreateUser) {
  const key = revocationKey({ customerId, user: email, project: customerId })
  const waiting = asWaitingRevocation(await table.get(key))
  return !waiting || waiting.stamp < stamp
}

function newUser(context: Context, { customerId, email, name, type }: CreateUser): User {
  const { stamp, now } = context
  return {
    id: newId('usr', context),
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
