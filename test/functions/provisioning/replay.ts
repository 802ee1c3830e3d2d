import type { AuditEvent, AuditedType } from '../../../shared/domain/audit-event.ts'
import type { Customer } from '../../../shared/domain/customer.ts'
import type { WholeCustomer } from '../../../shared/domain/export-lines.ts'
import type { StoredGrant } from '../../../shared/domain/grant.ts'
import type { Project } from '../../../shared/domain/project.ts'
import type { Server } from '../../../shared/domain/server.ts'
import type { User } from '../../../shared/domain/user.ts'
import { listEvents } from '../../../shared/table/events.ts'
import type { Table } from '../../../shared/table/table.ts'

/** All audit events of a customer. */
export async function allEvents(table: Table, customerId: string): Promise<AuditEvent[]> {
  const found: AuditEvent[] = []
  let after
  do {
    const page = await listEvents(table, customerId, { limit: 200, after })
    found.push(...page.items)
    after = page.next
  } while (after)
  return found
}

type Fields = Record<string, unknown>

/** A customer made again from nothing but what its audit events say of each resource, in whatever order they come. */
export function replay(customerId: string, events: readonly AuditEvent[]): WholeCustomer {
  const last = new Map<string, { version: number; after: Fields | undefined }>()
  for (const { changes } of events) {
    for (const { resource, version = 0, after } of changes) {
      const name = `${resource.type}:${resource.id}`
      if (version > (last.get(name)?.version ?? 0)) last.set(name, { version, after })
    }
  }
  const present = (type: AuditedType): Fields[] =>
    [...last].flatMap(([name, { after }]) =>
      after && name.startsWith(`${type}:`) ? [{ ...after, customerId, id: name.slice(type.length + 1) }] : [],
    )
  const grants = [
    ...present('membership').map((grant) => grantOf('project', grant)),
    ...present('assignment').map((grant) => grantOf('server', grant)),
  ]
  const registersOf = (user: User) =>
    grants
      .filter(({ userId }) => userId === user.id)
      .map((grant): [string, StoredGrant] => [`${grant.resource.kind}/${grant.resource.id}`, grant])
  const users = present('user').map(userOf)
  return {
    customer: { ...present('customer')[0] } as Customer,
    projects: present('project') as Project[],
    servers: present('server').map((told) => ({ ...told, exists: true }) as Fields as Server),
    holders: users.map((user) => ({ user, grants: new Map(registersOf(user)) })),
  }
}

function grantOf(kind: 'project' | 'server', { id, ...told }: Fields): StoredGrant {
  const [resourceId, userId] = String(id).split('/')
  const names: Fields = { userId, resource: { kind, id: resourceId } }
  return { roles: [], capabilities: [], ...told, ...names } as Fields as StoredGrant
}

/** The part of the history of types that still matters. */
function userOf(told: Fields): User {
  const { type, typeStamp, voidUntil = '' } = told
  const voided: Fields[] = voidUntil === '' ? [] : [{ type: 'customer-billing', at: voidUntil }]
  const types = [...voided, { type, at: typeStamp ?? `${String(voidUntil)}~` }]
  return { ...told, types } as Fields as User
}
