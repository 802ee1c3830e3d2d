import type { Customer } from '../../domain/entities/customer.ts'
import type { GrantedResource, StoredGrant } from '../../domain/entities/grant.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { TypeHistory } from '../../domain/entities/user-type.ts'
import type { User } from '../../domain/entities/user.ts'
import { minInstant } from '../../domain/values/instant.ts'
import type { PastState } from './past.ts'

type Fields = Record<string, unknown>
type Named = { id: string; customerId: string }

/** Times that no decision depends on. */
const noTimes = { createdAt: minInstant, updatedAt: minInstant }

/** Entities from the audit views of `shared/directory/change/audit-view.ts`; `undefined` if it wasn't there. */

export function pastCustomer({ before }: PastState, present: Customer): Customer | undefined {
  return before && { ...present, ...before }
}

export function pastUser({ before, origin }: PastState, named: Named): User | undefined {
  if (!before) return undefined
  const stamps = { name: '', status: '', email: '' }
  const known = { ...noTimes, stamps, invitedAt: minInstant, ...before, ...named, login: undefined }
  return { ...known, types: typesOf(before, origin) } as Fields as User
}

/** The part of the history of types that decisions depend on. */
function typesOf({ type, typeStamp, adminSince, voidUntil, wasOwner }: Fields, origin: Fields = {}) {
  const since = origin.typeSince ?? typeStamp ?? (voidUntil === undefined ? '' : `${voidUntil as string}~`)
  const types = [
    ...(voidUntil === undefined ? [] : [{ type: 'customer-billing', at: voidUntil }]),
    ...(wasOwner ? [{ type: 'main-customer', at: '' }] : []),
    { type, at: since, since: adminSince },
  ]
  return types as Fields[] as TypeHistory[number][]
}

export function pastProject({ before }: PastState, named: Named): Project | undefined {
  return before && ({ ...noTimes, ...before, ...named } as Fields as Project)
}

export function pastServer({ before }: PastState, named: Named): Server | undefined {
  return before && ({ ...noTimes, stamp: '', ...before, ...named, exists: true } as Fields as Server)
}

type GrantName = { customerId: string; userId: string; resource: GrantedResource }

export function pastGrant({ before, origin }: PastState, name: GrantName): StoredGrant | undefined {
  if (!before) return undefined
  const unknown = { source: 'explicit', grantedBy: '', grantedAt: minInstant }
  return {
    ...unknown,
    roles: [],
    capabilities: [],
    ...before,
    ...origin,
    ...name,
  } as Fields as StoredGrant
}
