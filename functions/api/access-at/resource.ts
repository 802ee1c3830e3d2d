import type { AccessAt, RightAt } from '../../../shared/directory/access-at/access-at.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { presentInstant, presentOptional } from '../../../shared/domain/values/instant.ts'
import type { Representation } from '../schemas.ts'

export function presentAccessAt(access: AccessAt): Representation<'accessAt'> {
  const { id, email, name, status } = access.user
  return {
    user: { id, email, name, type: typeOf(access.user), status },
    resource: nameOf(access),
    rights: access.rights.map(presentRight),
  }
}

function nameOf({ customer, resource }: AccessAt): Representation<'accessAt'>['resource'] {
  if (!resource) return { type: 'customer', id: customer.id, name: customer.organisation }
  if (resource.type === 'user') return { type: 'user', id: resource.user.id, name: resource.user.name }
  if (resource.type === 'project')
    return { type: 'project', id: resource.project.id, name: resource.project.name }
  return { type: 'server', id: resource.server.id, name: resource.server.hostname }
}

function presentRight({ permissions, reason, expiresAt, given, event }: RightAt) {
  return {
    permissions,
    reason,
    expiresAt: presentOptional(expiresAt),
    given: given && { by: given.by, at: presentInstant(given.at), event },
  }
}
