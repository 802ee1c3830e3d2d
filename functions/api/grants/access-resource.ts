import type { Access } from '../../../shared/directory/facts/list-access.ts'
import { capabilitiesOf, rolesOf } from '../../../shared/domain/access/effective-access.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import type { Representation } from '../schemas.ts'

export function presentAccess(customer: Customer, { resource, rights }: Access): Representation<'access'> {
  const permissions = new Set(rights.flatMap((right) => right.permissions))
  return {
    resource: nameOf(customer, resource),
    ...(resource?.type === 'project' && { roles: rolesOf(permissions) }),
    ...(resource?.type === 'server' && { capabilities: capabilitiesOf(permissions) }),
    rights: rights.map(({ expiresAt, ...right }) => ({
      ...right,
      expiresAt: expiresAt && presentInstant(expiresAt),
    })),
  }
}

function nameOf(customer: Customer, resource: Access['resource']): Representation<'access'>['resource'] {
  if (resource?.type === 'project') {
    const { id, name } = resource.project
    return { type: 'project', id, name }
  }
  if (resource?.type === 'server')
    return { type: 'server', id: resource.server.id, name: resource.server.hostname }
  return { type: 'customer', id: customer.id, name: customer.organisation }
}
