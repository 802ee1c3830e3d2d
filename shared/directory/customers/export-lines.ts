import {
  assignmentOf,
  isImplicitMember,
  type Membership,
  membershipOf,
} from '../../domain/access/membership.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { mainProjectId, type Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import { presentInstant } from '../../domain/values/instant.ts'

/** A customer with all its existing entities; users with their stored grants by `project/<id>` and `server/<id>`. */
export type WholeCustomer = {
  customer: Customer
  holders: readonly { user: User; grants: ReadonlyMap<string, StoredGrant> }[]
  projects: readonly Project[]
  servers: readonly Server[]
}

/**
 * One JSON text for each fact, sorted bytewise: natural keys, no ids, no times of record, memberships by type like any
 * other. Equal directories give equal lines, whatever order their events arrived in.
 */
export function exportLines(whole: WholeCustomer): string[] {
  const facts = [
    customerFact(whole),
    ...whole.holders.map(({ user }) => userFact(user)),
    ...whole.projects.map(({ name, kind, description, status }) => ({
      type: 'project',
      name,
      kind,
      description,
      status,
    })),
    ...whole.servers.map(({ id, hostname }) => ({ type: 'server', id, hostname })),
    ...membershipFacts(whole),
    ...assignmentFacts(whole),
  ]
  return facts
    .map((fact) => Buffer.from(JSON.stringify(fact)))
    .sort((a, b) => Buffer.compare(a, b))
    .map(String)
}

function customerFact({ customer, holders }: WholeCustomer) {
  const { id, organisation, status, contact, billing, mainCustomerId } = customer
  const mainCustomer = holders.find(({ user }) => user.id === mainCustomerId)?.user.email
  return {
    type: 'customer',
    id,
    organisation,
    status,
    contact: inOrder(contact),
    billing: inOrder(billing),
    mainCustomer,
  }
}

function userFact(user: User) {
  const { email, name, status } = user
  return { type: 'user', email, name, userType: typeOf(user), status }
}

function membershipFacts({ holders, projects }: WholeCustomer) {
  const byId = new Map(projects.map((project) => [project.id, project]))
  return holders.flatMap(({ user, grants }) => {
    const ids = isImplicitMember(user) ? byId.keys() : heldProjects(grants)
    return [...ids].flatMap((id) => {
      const project = byId.get(id)
      const membership = project && membershipOf(user, project, grants.get(`project/${id}`))
      if (!membership) return []
      const roles = [...membership.roles].sort()
      return [{ type: 'membership', project: project.name, user: user.email, roles, ...termsOf(membership) }]
    })
  })
}

function heldProjects(grants: ReadonlyMap<string, StoredGrant>): Set<string> {
  const stored = [...grants.values()].filter(({ resource }) => resource.kind === 'project')
  return new Set([mainProjectId, ...stored.map(({ resource }) => resource.id)])
}

function assignmentFacts({ holders, servers }: WholeCustomer) {
  const byId = new Map(servers.map((server) => [server.id, server]))
  return holders.flatMap(({ user, grants }) =>
    [...grants.values()].flatMap((stored) => {
      const server = stored.resource.kind === 'server' ? byId.get(stored.resource.id) : undefined
      const assignment = server && assignmentOf(user, server, stored)
      if (!assignment) return []
      const capabilities = [...assignment.capabilities].sort()
      return [
        { type: 'assignment', server: server.id, user: user.email, capabilities, ...termsOf(assignment) },
      ]
    }),
  )
}

function termsOf({ source, expiresAt, reason }: Pick<Membership, 'source' | 'expiresAt' | 'reason'>) {
  return { source, expiresAt: expiresAt && presentInstant(expiresAt), reason }
}

/** DynamoDB doesn't keep the order of fields. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, inOrder(inner)]))
}
