import type { StoredGrant } from '../../domain/entities/grant.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import type { AssignableType } from '../../domain/entities/user-type.ts'
import type { User } from '../../domain/entities/user.ts'
import { actorName } from '../../domain/values/actor.ts'
import { instantOfStamp } from '../../domain/values/instant.ts'
import { type Context, newId } from '../change/change-plan.ts'
import { grantSource } from '../grants/grant-source.ts'

export type CreateUser = {
  customerId: string
  email: string
  name: string
  type: AssignableType
  /** A membership of Main that is stored, and outlasts a type that brings one. */
  main?: boolean | undefined
}

export const addressInUse = 'a user of this customer has this e-mail address'

/** The user as created, before other facts apply. */
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

/** The membership of Main that a creation may bring. */
export function newMainGrant({ actor, stamp, now }: Context, user: User): StoredGrant {
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
