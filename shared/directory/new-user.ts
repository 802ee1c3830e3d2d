import { actorName } from '../domain/actor.ts'
import type { StoredGrant } from '../domain/grant.ts'
import { instantOfStamp } from '../domain/instant.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import type { AssignableType } from '../domain/user-type.ts'
import type { Context } from './context.ts'
import { newId } from './context.ts'
import { grantSource } from './grant-source.ts'

export type CreateUser = {
  customerId: string
  email: string
  name: string
  type: AssignableType
  /** Membership of Main of its own, which stays when a type that brings it goes. */
  main?: boolean | undefined
}

export const addressInUse = 'a user of this customer has this e-mail address'

/** As it is before anything else is known of it. */
export function newUser({ stamp, now }: Context, { customerId, email, name, type }: CreateUser): User {
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

/** Of the membership of Main that a creation may bring. */
export function mainGrant({ actor, stamp, now }: Context, user: User): StoredGrant {
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
    created: true,
  }
}
