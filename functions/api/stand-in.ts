import type { Facts, ResourceRef } from '../../shared/domain/decide.ts'
import { beginning } from '../../shared/domain/instant.ts'

const times = { createdAt: beginning, updatedAt: beginning }

/** Something of the type that nobody holds anything on. */
export function standIn({ type, id }: ResourceRef): Facts['resource'] {
  const entity = { id, customerId: '', ...times }
  if (type === 'project') {
    return { type, project: { ...entity, kind: 'openstack', name: '', status: 'active' } }
  }
  if (type === 'server') return { type, server: { ...entity, hostname: '', exists: true, stamp: '' } }
  if (type !== 'user') return undefined
  const user = {
    ...entity,
    email: '',
    name: '',
    status: 'active' as const,
    types: [{ type: 'customer-client' as const, at: '' }],
    stamps: { name: '', status: '', email: '' },
    invitedAt: beginning,
  }
  return { type, user }
}
