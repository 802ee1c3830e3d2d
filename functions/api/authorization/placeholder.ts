import type { Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { UserType } from '../../../shared/domain/entities/user-type.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import { minInstant } from '../../../shared/domain/values/instant.ts'

const times = { createdAt: minInstant, updatedAt: minInstant }
const entity = (id: string) => ({ id, customerId: '', ...times })

/** Placeholder of that type, on which nobody holds a grant. */
export function placeholderFor({ type, id }: ResourceRef): Facts['resource'] {
  if (type === 'project') {
    return { type, project: { ...entity(id), kind: 'openstack', name: '', status: 'active' } }
  }
  if (type === 'server') return { type, server: { ...entity(id), hostname: '', exists: true, stamp: '' } }
  return type === 'user' ? { type, user: userOfType('customer-client', id) } : undefined
}

/** Placeholder main-customer, to ask `decide` without reading one. */
export const mainCustomerPlaceholder: User = userOfType('main-customer', '')

function userOfType(type: UserType, id: string): User {
  return {
    ...entity(id),
    email: '',
    name: '',
    status: 'active',
    types: [{ type, at: '' }],
    stamps: { name: '', status: '', email: '' },
    invitedAt: minInstant,
  }
}
