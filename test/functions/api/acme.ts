import { type Fact, startWorld, type World, type WorldOptions } from './world.ts'

export const acme = 'ACM000001'
export const other = 'OTH000002'
export const mail = (name: string) => `${name}@acme.example`

/** `outside` is a tech who isn't a member of Main. */
export const people = {
  admin: 'customer-admin',
  billing: 'customer-billing',
  tech: 'customer-tech',
  client: 'customer-client',
  outside: 'customer-tech',
} as const

const address = { street: 'Main Street 1', city: 'Leiden', postalCode: '2311', country: 'NL' }
const inWeb = (name: string, role: string): Fact => [
  'membership.granted',
  { project: 'web', user: mail(name), roles: [role] },
]
const onServer = (name: string, capability: string): Fact => [
  'server.assigned',
  { serverId: 'vps-1', user: mail(name), capabilities: [capability] },
]

/** A user of each type, two projects and two servers. */
const facts: Fact[] = [
  [
    'customer.created',
    {
      organisation: 'Acme',
      contact: { name: 'Front desk', email: 'desk@acme.example', address },
      billing: { companyName: 'Acme Ltd', vatNumber: 'XX123' },
      mainCustomer: { name: 'Olga', email: mail('owner') },
    },
  ],
  ['project.created', { name: 'early', description: 'before the admins' }],
  ...Object.entries(people).map(([name, type]): Fact => {
    return ['user.created', { email: mail(name), name, type, main: name !== 'outside' }]
  }),
  ['project.created', { name: 'Web' }],
  ['server.created', { serverId: 'vps-1', hostname: 'one.acme.example' }],
  ['server.created', { serverId: 'vps-2', hostname: 'two.acme.example' }],
  inWeb('tech', 'compute:operate'),
  inWeb('client', 'dns:read'),
  ['membership.granted', { project: 'early', user: mail('outside'), roles: ['full'] }],
  onServer('tech', 'power'),
  onServer('client', 'console'),
]

const machines = ['operator', 'check', 'nobody'] as const
const persons = ['owner', ...(Object.keys(people) as (keyof typeof people)[]), 'stranger'] as const

/** That customer and another one beside it: the ids of its people and projects, and tokens of people and machines. */
export async function seedAcme(world: World) {
  for (const [type, data] of facts) await world.event(type, { customerId: acme, ...data })
  const mainCustomer = { name: 'Otto', email: mail('stranger') }
  await world.event('customer.created', { customerId: other, organisation: 'Other', mainCustomer })
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

export const startAcme = async (options?: WorldOptions) => seedAcme(await startWorld(options))

async function fromEach<N extends string, T>(names: readonly N[], make: (name: N) => Promise<T>) {
  const values = await Promise.all(names.map(async (name) => [name, await make(name)] as const))
  return Object.fromEntries(values) as Record<N, T>
}
