import { claimedBy, holderNow, lastReleased } from '../domain/claim.ts'
import type { StoredGrant } from '../domain/grant.ts'
import { actorName } from '../domain/actor.ts'
import { instantOfStamp } from '../domain/instant.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import { emailClaimItem } from '../table/claims.ts'
import { grantItem } from '../table/grants.ts'
import type { Write } from '../table/item.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { membershipChange, userChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { newId, planned, superseded } from './context.ts'
import { grantSource } from './grant-source.ts'
import { resolve } from './resolve.ts'

export type CreateUser = {
  customerId: string
  email: string
  name: string
  type: AssignableType
  /** Membership of Main for a type that doesn't bring it. */
  main?: boolean | undefined
}

export async function createUser(context: Context, input: CreateUser): Promise<Plan> {
  const { customerId, email, type } = input
  const { emailClaim, emailKey } = await resolve(context, { customerId, email })
  if (holderNow(emailClaim)) {
    throw new Awaiting(
      'conflict',
      'a user of this customer has this e-mail address',
      emailKey,
      emailClaim?.version,
    )
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
  const comesWithType = type === 'customer-admin' || type === 'customer-billing'
  if (input.main && !comesWithType) {
    const grant = mainGrant(context, user)
    writes.push({ put: grantItem(grant), was: undefined })
    changes.push(membershipChange({ after: grant }))
  }
  return planned(context, customerId, 'user.created', writes, changes)
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
