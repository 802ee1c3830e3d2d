import { schemaOf } from './json-schema.ts'
import type { BodyName, DocumentedRoute } from './documented.ts'

export const capitalised = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1)

/** Names of a representation's schema, and of a page of them. */
export const componentName = (name: BodyName) => capitalised(name)
export const pageName = (name: BodyName) => `${capitalised(name)}Page`

/** Name of a route's body schema; undefined if the route has no body. */
export function bodyName({ id, body }: DocumentedRoute): string | undefined {
  if (!body || Object.keys(schemaOf(body).properties ?? {}).length === 0) return undefined
  return `${capitalised(id)}Body`
}

/** Groups of operations, by the first of these segments in the path. */
const groups: [path: RegExp, name: string, description: string][] = [
  [/\/access\/v1\/|authzen/, 'Decisions', 'May this user do this? AuthZEN Authorization API 1.0.'],
  [/\/ownership-transfer/, 'Ownership', 'Who owns a customer, and how somebody else comes to.'],
  [/\/review/, 'Reviews', 'Which grants are kept, reduced or revoked, decided by who knows.'],
  [/\/members/, 'Members', 'Who is in a project, with which roles.'],
  [/\/assignments/, 'Assignments', 'Who may do what with a server.'],
  [/\/mail/, 'Mail', 'Who wants no messages.'],
  [/\/users|\/me$/, 'Users', 'The people of a customer.'],
  [/\/projects/, 'Projects', 'The Main project and the OpenStack projects.'],
  [/\/servers/, 'Servers', 'Virtual servers of the legacy platform.'],
  [/\/events|\/access\/at/, 'Events', 'Who did what, when and why.'],
  [/\/deliveries/, 'Deliveries', 'What the order system sent, and what became of it.'],
  [/^\/v1\/customers/, 'Customers', 'Accounts, with how they are reached and invoiced.'],
  [/./, 'Service', 'About the service itself.'],
]

export const tags = groups.map(([, name, description]) => ({ name, description }))

export function tagOf({ path }: DocumentedRoute): string {
  return groups.find(([pattern]) => pattern.test(path))?.[1] ?? 'Service'
}
