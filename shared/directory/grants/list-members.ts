import { fitsFilter, type GrantFilter } from '../../domain/access/grant-filter.ts'
import {
  type Assignment,
  assignmentOf,
  type Membership,
  membershipOf,
} from '../../domain/access/membership.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { GrantedResource, StoredGrant } from '../../domain/entities/grant.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import { searchFor } from '../../domain/text/search-text.ts'
import { findAdmins } from '../../records/customers.ts'
import { asGrant, listHolders } from '../../records/grants.ts'
import { asUser } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import { trimPage, type Page, type Position } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'

type Member = { user: User; membership: Membership }
type Assignee = { user: User; assignment: Assignment }

/** `after.user` is the id of the last user of the page before. */
type HolderPage = { limit: number; after?: Position | undefined }

/** `user`: the id, or a part of the name or the e-mail address. */
type HolderFilter = GrantFilter & { user?: string | undefined }

/** Users that a filtered page reads. */
const filteredPage = 200

/**
 * Lists the members of a project by user id, expired or not: stored grants, as an index lists them, and implicit
 * members. Each is read strongly: a page makes six requests at most. With a filter, 200 users are read.
 */
export async function listMembers(
  table: Table,
  customer: Customer,
  project: Project,
  page: HolderPage,
  filter: HolderFilter = {},
): Promise<Page<Member>> {
  const admins = findAdmins(table, customer.id).then((found) => Object.keys(found?.since ?? {}))
  const byType = admins.then((ids) => [customer.mainCustomerId, ...ids])
  const { items, next } = await listHolderPairs(
    table,
    customer.id,
    { kind: 'project', id: project.id },
    widened(page, filter),
    byType,
  )
  const fits = filterOf(filter)
  const members = membersAmong(project, items).filter(({ user, membership }) => fits(user, membership))
  return trimPage({ items: members, next }, page.limit, positionOf)
}

export function filterOf({ user: part, ...terms }: HolderFilter) {
  const isNamed = searchFor(part)
  return (user: User, grant: Membership | Assignment) =>
    (user.id === part || isNamed(user.name, user.email)) && fitsFilter(grant, terms)
}

function widened(page: HolderPage, filter: HolderFilter): HolderPage {
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return isFiltered ? { ...page, limit: filteredPage } : page
}

const positionOf = ({ user }: { user: User }): Position => ({ user: user.id })

/** Returns those of the users who are members of the project, expired or not, each read strongly. */
export async function readMembers(
  table: Table,
  project: Project,
  userIds: readonly string[],
): Promise<Member[]> {
  const resource = { kind: 'project', id: project.id } as const
  return membersAmong(project, await readPairs(table, project.customerId, resource, userIds))
}

function membersAmong(project: Project, pairs: readonly HolderPair[]): Member[] {
  const members = pairs.map(({ user, stored }) => ({ user, membership: membershipOf(user, project, stored) }))
  return members.flatMap(({ user, membership }) => (membership ? [{ user, membership }] : []))
}

/** Lists the assignees of a server, likewise. */
export async function listAssignees(
  table: Table,
  server: Server,
  page: HolderPage,
  filter: HolderFilter = {},
): Promise<Page<Assignee>> {
  const resource = { kind: 'server', id: server.id } as const
  const request = widened(page, filter)
  const { items, next } = await listHolderPairs(
    table,
    server.customerId,
    resource,
    request,
    Promise.resolve([]),
  )
  const fits = filterOf(filter)
  const assignees = items.flatMap(({ user, stored }) => {
    const assignment = assignmentOf(user, server, stored)
    return assignment && fits(user, assignment) ? [{ user, assignment }] : []
  })
  return trimPage({ items: assignees, next }, page.limit, positionOf)
}

type HolderPair = { user: User; stored: StoredGrant | undefined }

async function listHolderPairs(
  table: Table,
  customerId: string,
  resource: GrantedResource,
  { limit, after }: HolderPage,
  others: Promise<string[]>,
): Promise<Page<HolderPair>> {
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
): Promise<HolderPair[]> {
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
