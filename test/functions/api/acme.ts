import type { World } from './world.ts'

export const acme = 'ACM000001'
export const other = 'OTH000002'
export const mail = (name: string) => `${name}@acme.example`

/** A customer with a user of each type, two projects and two servers, and another customer beside it. */
export async function seedAcme({ event }: World): Promise<void> {
  const customerId = acme
  await event('customer.created', {
    customerId,
    organisation: 'Acme',
    contact: { name: 'Front desk', email: 'desk@acme.example', address: address },
    billing: { companyName: 'Acme Ltd', vatNumber: 'XX123' },
    mainCustomer: { name: 'Olga', email: mail('owner') },
  })
  await event('project.created', { customerId, name: 'early', description: 'before the admins' })
  for (const [name, type] of Object.entries(people)) {
    await event('user.created', { customerId, email: mail(name), name, type, main: name !== 'outside' })
  }
  await event('project.created', { customerId, name: 'Web' })
  await event('server.created', { customerId, serverId: 'vps-1', hostname: 'one.acme.example' })
  await event('server.created', { customerId, serverId: 'vps-2', hostname: 'two.acme.example' })
  await event('membership.granted', {
    customerId,
    project: 'web',
    user: mail('tech'),
    roles: ['compute:operate'],
  })
  await event('membership.granted', { customerId, project: 'web', user: mail('client'), roles: ['dns:read'] })
  await event('membership.granted', { customerId, project: 'early', user: mail('outside'), roles: ['full'] })
  await event('server.assigned', {
    customerId,
    serverId: 'vps-1',
    user: mail('tech'),
    capabilities: ['power'],
  })
  await event('server.assigned', {
    customerId,
    serverId: 'vps-1',
    user: mail('client'),
    capabilities: ['console'],
  })
  await event('customer.created', {
    customerId: other,
    organisation: 'Other',
    mainCustomer: { name: 'Otto', email: mail('stranger') },
  })
}

const address = { street: 'Main Street 1', city: 'Leiden', postalCode: '2311', country: 'NL' }

/** `outside` is a tech who isn't a member of Main. */
export const people = {
  admin: 'customer-admin',
  billing: 'customer-billing',
  tech: 'customer-tech',
  client: 'customer-client',
  outside: 'customer-tech',
} as const
