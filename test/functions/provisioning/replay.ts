import type { WholeCustomer } from '../../../shared/directory/customers/export-lines.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import type { Transfer } from '../../../shared/domain/entities/ownership-offer.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import type { AuditedType, AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { listEvents } from '../../../shared/records/audit-events.ts'
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

export type Replayed = WholeCustomer & {
  /** Users' ids by the hash of their login. */
  logins: ReadonlyMap<string, string>
  transfer: Partial<Transfer> | undefined
}

/** Rebuilds a customer from its audit events alone, in whatever order they come. */
export function replay(customerId: string, events: readonly AuditEvent[]): Replayed {
  const last = new Map<string, { place: string; after: Fields | undefined }>()
  for (const { at, changes } of events) {
    for (const { resource, version = 0, after } of changes) {
      const name = `${resource.type}:${resource.id}`
      const place = placeOf(resource.type, at, version)
      if (place > (last.get(name)?.place ?? '')) last.set(name, { place, after })
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
  const storedGrantsOf = (user: User) =>
    grants
      .filter(({ userId }) => userId === user.id)
      .map((grant): [string, StoredGrant] => [`${grant.resource.kind}/${grant.resource.id}`, grant])
  const users = present('user').map(userOf)
  return {
    customer: { ...present('customer')[0] } as Customer,
    projects: present('project') as Project[],
    servers: present('server').map((fields) => ({ ...fields, exists: true }) as Fields as Server),
    holders: users.map((user) => ({ user, grants: new Map(storedGrantsOf(user)) })),
    logins: new Map(present('login').map(({ id, userId }) => [String(id), String(userId)])),
    transfer: present('transfer')[0],
  }
}

/** Versions order the changes of a resource, except of resources whose versions begin anew when they come back. */
function placeOf(type: AuditedType, at: string, version: number): string {
  const beginsAnew = type === 'transfer' || type === 'login'
  return `${beginsAnew ? at : ''}#${String(version).padStart(9, '0')}`
}

function grantOf(kind: 'project' | 'server', { id, ...fields }: Fields): StoredGrant {
  const [resourceId, userId] = String(id).split('/')
  const names: Fields = { userId, resource: { kind, id: resourceId } }
  return { roles: [], capabilities: [], ...fields, ...names } as Fields as StoredGrant
}

/** The part of the history of types that later decisions depend on. */
function userOf(fields: Fields): User {
  const { type, typeStamp, adminSince: since, voidUntil = '', wasOwner, login } = fields
  const revoked: Fields[] = voidUntil === '' ? [] : [{ type: 'customer-billing', at: voidUntil }]
  const owned: Fields[] = wasOwner ? [{ type: 'main-customer', at: '' }] : []
  const types = [...revoked, ...owned, { type, at: typeStamp ?? `${String(voidUntil)}~`, since }]
  return { ...fields, types, login: login && { hash: login } } as Fields as User
}
