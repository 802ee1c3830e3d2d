import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { GrantedResource } from '../../../shared/domain/entities/grant.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { findAdmins } from '../../../shared/records/customers.ts'
import { listHolders } from '../../../shared/records/grants.ts'
import { allPages } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'

/** Ids of changed users, projects and servers of a customer; `review`: the review or the customer itself has changed. */
export type AffectedScope = {
  users: Set<string>
  projects: Set<string>
  servers: Set<string>
  review: boolean
}

/** Collects what the changes in audit events affect. Changes of review items affect nothing. */
export function affectedBy(events: readonly AuditEvent[]): AffectedScope {
  const affected: AffectedScope = {
    users: new Set(),
    projects: new Set(),
    servers: new Set(),
    review: false,
  }
  for (const { resource } of events.flatMap(({ changes }) => changes)) {
    const [first = '', userId] = resource.id.split('/')
    if (resource.type === 'user') affected.users.add(first)
    else if (resource.type === 'membership' || resource.type === 'assignment')
      affected.users.add(userId ?? '')
    else if (resource.type === 'project') affected.projects.add(first)
    else if (resource.type === 'server') affected.servers.add(first)
    else if (resource.type === 'customer' || (resource.type === 'review' && userId === undefined)) {
      affected.review = true
    }
  }
  return affected
}

/**
 * Ids of the affected users: those named, and all who may hold a grant on an affected project or server, by type or by an
 * index. The index is eventually consistent, so the caller reads each user strongly.
 */
export async function affectedUsers(
  table: Table,
  customer: Customer,
  { users, projects, servers }: AffectedScope,
): Promise<Set<string>> {
  const all = new Set(users)
  if (projects.size > 0) {
    all.add(customer.mainCustomerId)
    const admins = await findAdmins(table, customer.id)
    for (const id of Object.keys(admins?.since ?? {})) all.add(id)
  }
  const resources: GrantedResource[] = [
    ...[...projects].map((id) => ({ kind: 'project' as const, id })),
    ...[...servers].map((id) => ({ kind: 'server' as const, id })),
  ]
  for (const resource of resources) {
    const holders = allPages((after) => listHolders(table, customer.id, resource, { after }))
    for await (const id of holders) all.add(id)
  }
  return all
}
