import {
  type Assignment,
  assignmentOf,
  type Membership,
  membershipOf,
} from '../../../shared/domain/access/membership.ts'
import { adminSince } from '../../../shared/domain/entities/user-type.ts'
import { isMainCustomer, typeOf, type User } from '../../../shared/domain/entities/user.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import { listServers } from '../../../shared/records/servers.ts'
import { asUser, findUserWithGrants } from '../../../shared/records/users.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys, prefixes } from '../../../shared/table/keys.ts'
import type { Page, Position } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'
import { customerId } from './scene.ts'

export type DirectoryView = {
  /** Its status; `unknown` if there is no such customer. */
  customer: string
  /** By name, but for the main-customer, who has everything: type, start as an admin, and whatever is unusual. */
  users: Record<string, string>
  projects: string[]
  /** Host name by id. */
  servers: Record<string, string>
  /** The roles or capabilities of each user, expired or not: `ann web` → `compute:read`. */
  grants: Record<string, string>
}

/** Reads a customer in natural names, through the readers that decisions use. */
export async function viewDirectory(table: Table, id = customerId): Promise<DirectoryView> {
  const customer = await findCustomer(table, id)
  const [{ items: listed }, { items: projects }, { items: servers }] = await Promise.all([
    listUsers(table, id, {}),
    listProjects(table, id),
    listServers(table, id),
  ])
  const view: DirectoryView = {
    customer: customer?.status ?? 'unknown',
    users: {},
    projects: projects.map(({ name }) => name).sort(),
    servers: Object.fromEntries(servers.map((server) => [server.id, server.hostname])),
    grants: {},
  }
  for (const { id: userId } of listed) {
    const { user, grants } = await findUserWithGrants(table, id, userId)
    if (!user) throw new Error('a user is listed that is not there')
    if (isMainCustomer(user)) continue
    const name = user.email.replace('@bge.example', '')
    const since = adminSince(user.types)
    const marks = [
      typeOf(user).replace('customer-', ''),
      since && `since ${minuteOf(since)}`,
      user.name.toLowerCase() !== name && `called ${user.name}`,
      user.status === 'disabled' && 'disabled',
    ]
    view.users[name] = marks.filter(Boolean).join(' ')
    for (const project of projects) {
      const held = membershipOf(user, project, grants.get(`project/${project.id}`))
      if (held) view.grants[`${name} ${project.name}`] = telling(held.roles, held)
    }
    for (const server of servers) {
      const held = assignmentOf(user, server, grants.get(`server/${server.id}`))
      if (held) view.grants[`${name} ${server.id}`] = telling(held.capabilities, held)
    }
  }
  return view
}

function telling(names: readonly string[], { source, expiresAt }: Membership | Assignment): string {
  const words = [
    names.join(' ') || 'member',
    source !== 'webhook' && `by ${source}`,
    expiresAt && `until ${presentInstant(expiresAt)}`,
  ]
  return words.filter(Boolean).join(' ')
}

const minuteOf = (instant: string) => instant.slice(11, 16)

/** Lists users by e-mail address, through the claims in order. A filter makes pages short, not calls many. */
export async function listUsers(
  table: Table,
  ofCustomer: string,
  { limit, after }: { limit?: number; after?: Position | undefined },
): Promise<Page<Versioned<User>>> {
  const { items, next } = await table.queryPage({
    partition: keys.customer(ofCustomer).pk,
    prefix: prefixes.emails,
    only: { attribute: 'holder' },
    after,
    ...(limit !== undefined && { limit }),
  })
  const users = await table.getMany(items.map(({ holder }) => keys.user(ofCustomer, String(holder))))
  const present = users.map(asUser).filter((user) => user !== undefined)
  return { items: present.filter((user) => !user.deleted), next }
}
