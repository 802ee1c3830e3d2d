import { type Held, heldIn, heldInMain } from './held.ts'
import { type Customer, serverPlace, type User, wordAbout } from './model.ts'

/** A fact in natural names, without absent fields. */
export type Fact = Record<string, unknown>

export function factsOf(customer: Customer): Fact[] {
  const { id, status, organisation } = customer
  const users = [...customer.users.values()]
  const mainCustomer = users.find(({ type }) => type === 'main-customer')?.email
  return [
    { type: 'customer', id, status, organisation, mainCustomer },
    ...users.map(userFact),
    {
      type: 'project',
      kind: 'main',
      name: id,
      description: 'Main Customer Interface Project',
      status: 'active',
    },
    ...[...customer.projects.values()].map(({ name, description }) => ({
      type: 'project',
      kind: 'openstack',
      name,
      ...(description !== undefined && { description }),
      status: 'active',
    })),
    ...[...customer.servers].map(([server, hostname]) => ({ type: 'server', id: server, hostname })),
    ...users.flatMap((user) => membershipFacts(customer, user)),
    ...users.flatMap((user) => assignmentFacts(customer, user)),
  ]
}

function userFact({ email, name, type, disabled }: User): Fact {
  return { type: 'user', email, name, userType: type, status: disabled ? 'disabled' : 'active' }
}

function membershipFacts(customer: Customer, user: User): Fact[] {
  const inMain = heldInMain(customer, user)
  const inProjects = [...customer.projects.values()].flatMap(({ name }) => {
    const held = user.type === 'main-customer' ? owned : heldIn(customer, user, name)
    return held ? [{ name, held }] : []
  })
  return [...(inMain ? [{ name: customer.id, held: inMain }] : []), ...inProjects].map(({ name, held }) => ({
    type: 'membership',
    project: name,
    user: user.email,
    roles: [...held.grant.roles].sort(),
    source: held.byType ? 'type' : 'webhook',
    ...(held.grant.until !== undefined && { expiresAt: held.grant.until }),
  }))
}

const owned: Held = { grant: { roles: ['full'] }, byType: true }

function assignmentFacts(customer: Customer, user: User): Fact[] {
  return [...customer.servers.keys()].flatMap((server) => {
    const grant = wordAbout(customer, serverPlace(server), user.email)?.grant
    if (!grant || user.type === 'customer-billing') return []
    const capabilities = [...new Set(['view', ...grant.roles])].sort()
    const expiry = grant.until !== undefined && { expiresAt: grant.until }
    return [{ type: 'assignment', server, user: user.email, capabilities, source: 'webhook', ...expiry }]
  })
}
