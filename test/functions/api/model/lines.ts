import { type Held, inMain, inProject, onServer } from './members.ts'
import { type Customer, live, present } from './state.ts'

/** The customer's export as the model has it. */
export function linesOf(customer: Customer): string[] {
  const { id, organisation, status, contact, billing, owner } = customer
  const projects = live(customer).map(({ name, description }) => ({
    type: 'project',
    name,
    kind: 'openstack',
    description,
    status: 'active',
  }))
  const main = { type: 'project', name: id, kind: 'main', description: mainDescription, status: 'active' }
  const facts = [
    { type: 'customer', id, organisation, status, contact, billing, mainCustomer: owner.email },
    main,
    ...projects,
    ...present(customer).map(({ email, name, type, disabled }) => ({
      type: 'user',
      email,
      name,
      userType: type,
      status: disabled ? 'disabled' : 'active',
    })),
    ...customer.servers.map(({ id: server, hostname }) => ({ type: 'server', id: server, hostname })),
    ...present(customer).flatMap((user) => [
      ...membership(id, user.email, inMain(user)),
      ...live(customer).flatMap((project) => membership(project.name, user.email, inProject(user, project))),
      ...customer.servers.flatMap((server) => assignment(server.id, user.email, onServer(user, server))),
    ]),
  ]
  return facts.map(canonical).sort()
}

const mainDescription = 'Main Customer Interface Project'

function membership(project: string, user: string, held: Held | undefined): object[] {
  return held ? [{ type: 'membership', project, user, ...termsOf(held) }] : []
}

function assignment(server: string, user: string, held: Held | undefined): object[] {
  if (!held) return []
  const { roles: capabilities, ...terms } = termsOf(held)
  return [{ type: 'assignment', server, user, capabilities, ...terms }]
}

function termsOf({ roles, source, expiresAt, reason }: Held) {
  return { roles: [...roles].sort(), source, expiresAt, reason }
}

/** The same text for the same value, in whatever order its fields are; absent ones are left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
