import type { UserType } from '../entities/user-type.ts'
import type { User } from '../entities/user.ts'
import { type Instant, minInstant, stampOf } from '../values/instant.ts'
import type { Facts, ResourceRef } from './decide.ts'

/** Placeholder of that type, on which nobody holds a grant; `createdAt`: of a project, which admins since then are in. */
export function placeholderFor(
  { type, id }: ResourceRef,
  createdAt: Instant = minInstant,
): Facts['resource'] {
  const entity = { id, customerId: '', createdAt, updatedAt: createdAt }
  if (type === 'project')
    return { type, project: { ...entity, kind: 'openstack', name: '', status: 'active' } }
  if (type === 'server') return { type, server: { ...entity, hostname: '', exists: true, stamp: '' } }
  return type === 'user' ? { type, user: placeholderUser('customer-client', id) } : undefined
}

/** Placeholder user, to ask `decide` what such a user may. */
export function placeholderUser(type: UserType, id: string): User {
  return {
    id,
    customerId: '',
    createdAt: minInstant,
    updatedAt: minInstant,
    email: '',
    name: '',
    status: 'active',
    types: [{ type, at: stampOf(minInstant, '') }],
    stamps: { name: '', status: '', email: '' },
    invitedAt: minInstant,
  }
}
