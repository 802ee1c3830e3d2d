import { startWorld, type World, type WorldOptions } from './world.ts'

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

const machines = ['operator', 'check', 'nobody'] as const
const persons = ['owner', ...(Object.keys(people) as (keyof typeof people)[]), 'stranger'] as const

/** A world with that customer: the ids of its people and projects, and tokens of people and machines. */
export async function startAcme(options?: WorldOptions) {
  const world = await startWorld(options)
  await seedAcme(world)
  const userId = async (name: string) => world.userId(name === 'stranger' ? other : acme, mail(name))
  const ids = {
    ...(await fromEach(persons, userId)),
    ...(await fromEach(['web', 'early'], (name) => world.projectId(acme, name))),
  }
  const tokens: Record<string, string> = {
    ...(await fromEach(persons, (name) => world.person(mail(name)))),
    ...(await fromEach(machines, (name) => world[name]())),
  }
  return {
    world,
    at: `/v1/customers/${acme}`,
    ids,
    tokens,
    /** What the GET answers to somebody. */
    get: async (path: string, who = 'owner') => (await world.ask(path, tokens[who])).body,
  }
}

async function fromEach<N extends string, T>(names: readonly N[], make: (name: N) => Promise<T>) {
  const values = await Promise.all(names.map(async (name) => [name, await make(name)] as const))
  return Object.fromEntries(values) as Record<N, T>
}
