import type { Customer } from '../domain/customer.ts'
import type { GrantedResource, StoredGrant } from '../domain/grant.ts'
import type { Assignment, Membership } from '../domain/membership.ts'
import { assignmentOf, membershipOf } from '../domain/membership.ts'
import type { Project } from '../domain/project.ts'
import type { Server } from '../domain/server.ts'
import type { User } from '../domain/user.ts'
import { findAdmins } from '../table/customers.ts'
import { asGrant, listHolders } from '../table/grants.ts'
import { keys } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import { asUser } from '../table/users.ts'

export type Member = { user: User; membership: Membership }
export type Assignee = { user: User; assignment: Assignment }

/** `after.user` is the id of the last user of the page before. */
export type HolderPage = { limit: number; after?: Position | undefined }

/**
 * Who is in a project, by user id, expired or not: what is stored, as an index proposes it, and those who are in by
 * their type. Each is read strongly: a page makes six requests at most.
 */
export async function listMembers(
  table: Table,
  customer: Customer,
  project: Project,
  page: HolderPage,
): Promise<Page<Member>> {
  const admins = findAdmins(table, customer.id).then((found) => Object.keys(found?.since ?? {}))
  const byType = admins.then((ids) => [customer.mainCustomerId, ...ids])
  const { items, next } = await listPairs(
    table,
    customer.id,
    { kind: 'project', id: project.id },
    page,
    byType,
  )
  return { items: membersAmong(project, items), next }
}

/** Which of these users are in the project, expired or not, each read strongly. */
export async function readMembers(
  table: Table,
  project: Project,
  userIds: readonly string[],
): Promise<Member[]> {
  const resource = { kind: 'project', id: project.id } as const
  return membersAmong(project, await readPairs(table, project.customerId, resource, userIds))
}

function membersAmong(project: Project, pairs: readonly Pair[]): Member[] {
  const members = pairs.map(({ user, stored }) => ({ user, membership: membershipOf(user, project, stored) }))
  return members.flatMap(({ user, membership }) => (membership ? [{ user, membership }] : []))
}

/** Who is assigned to a server, likewise. */
export async function listAssignees(table: Table, server: Server, page: HolderPage): Promise<Page<Assignee>> {
  const resource = { kind: 'server', id: server.id } as const
  const { items, next } = await listPairs(table, server.customerId, resource, page, Promise.resolve([]))
  const assignees = items.map(({ user, stored }) => ({
    user,
    assignment: assignmentOf(user, server, stored),
  }))
  return {
    items: assignees.flatMap(({ user, assignment }) => (assignment ? [{ user, assignment }] : [])),
    next,
  }
}

type Pair = { user: User; stored: StoredGrant | undefined }

async function listPairs(
  table: Table,
  customerId: string,
  resource: GrantedResource,
  { limit, after }: HolderPage,
  others: Promise<string[]>,
): Promise<Page<Pair>> {
  // No character of an id sorts before this one.
  const from = after?.user && `${after.user}!`
  const [proposed, added] = await Promise.all([
    listHolders(table, customerId, resource, { limit: limit + 1, from }),
    others,
  ])
  const horizon = proposed.next && proposed.items.at(-1)
  const known = new Set([...proposed.items, ...added])
  const ids = [...known]
    .filter((id) => (!from || id > from) && (horizon === undefined || id <= horizon))
    .sort()
  const shown = ids.slice(0, limit)
  const end = ids.length > limit ? shown.at(-1) : horizon
  return {
    items: await readPairs(table, customerId, resource, shown),
    next: end === undefined ? undefined : { user: end },
  }
}

async function readPairs(
  table: Table,
  customerId: string,
  { kind, id }: GrantedResource,
  userIds: readonly string[],
): Promise<Pair[]> {
  const pairs = await Promise.all(
    userIds.map(async (userId) => {
      const [user, stored] = await table.getMany([
        keys.user(customerId, userId),
        keys.grant(customerId, userId, kind, id),
      ])
      return { user: asUser(user), stored: asGrant(stored) }
    }),
  )
  return pairs.flatMap(({ user, stored }) => (user && !user.deleted ? [{ user, stored }] : []))
}
