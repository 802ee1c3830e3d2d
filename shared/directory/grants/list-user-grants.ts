import type { Facts } from '../../domain/access/decide.ts'
import { effectiveGrant } from '../../domain/access/effective-grant.ts'
import { fitsFilter, type GrantFilter } from '../../domain/access/grant-filter.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import {
  type Assignment,
  assignmentOf,
  isImplicitMember,
  type Membership,
  membershipOf,
} from '../../domain/access/membership.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import { searchFor } from '../../domain/text/search-text.ts'
import { listProjects } from '../../records/projects.ts'
import type { UserWithGrants } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import { trimPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'
import { readResource } from '../facts/read-resource.ts'

type GrantHolder = Pick<UserWithGrants, 'grants'> & { user: User }
export type HeldGrant =
  | { project: Project; membership: Membership }
  | { server: Server; assignment: Assignment }

/** `name`: a part of the project's name, or of the server's host name or id. */
type HeldFilter = GrantFilter & {
  kind?: 'project' | 'server' | undefined
  name?: string | undefined
}

/** Grants that a filtered page reads. */
const filteredPage = 200

/** Returns the grants of `listGrants` that match, out of 200 at most. */
export async function findGrants(
  table: Table,
  customer: Customer,
  holder: GrantHolder,
  { kind, name, ...terms }: HeldFilter,
  page: PageRequest,
): Promise<Page<HeldGrant>> {
  const isFiltered = [kind, name, ...Object.values(terms)].some((value) => value !== undefined)
  const found = await listGrants(
    table,
    customer,
    holder,
    isFiltered ? { ...page, limit: filteredPage } : page,
  )
  const isNamed = searchFor(name)
  const fits = (grant: HeldGrant) =>
    'project' in grant
      ? kind !== 'server' && isNamed(grant.project.name) && fitsFilter(grant.membership, terms)
      : kind !== 'project' &&
        isNamed(grant.server.hostname, grant.server.id) &&
        fitsFilter(grant.assignment, terms)
  return trimPage({ ...found, items: found.items.filter(fits) }, page.limit, positionOf)
}

const positionOf = (grant: HeldGrant) => ({
  grantKey: 'project' in grant ? `project/${grant.project.id}` : `server/${grant.server.id}`,
})

/**
 * Lists a user's effective grants, stored or by type, expired or not: Main, the OpenStack projects oldest first, then
 * the servers. `after.grantKey` is the last of the page before. A page makes three requests at most.
 */
export async function listGrants(
  table: Table,
  customer: Customer,
  holder: GrantHolder,
  { limit, after }: PageRequest,
): Promise<Page<HeldGrant>> {
  const last = after?.grantKey ?? ''
  const implicit = await listImplicitProjects(table, customer.id, holder.user, limit + 1, last)
  const known = new Map(
    [mainProjectOf(customer), ...implicit.projects].map((each) => [`project/${each.id}`, each]),
  )
  const byType = [...known.keys()].filter((key) => grantOn(holder, asResource(known.get(key))))
  const grantKeys = [...new Set([...byType, ...storedElsewhere(holder, known)])]
    .filter((key) => key > last && (implicit.upTo === undefined || key <= implicit.upTo))
    .sort()
  const shown = grantKeys.slice(0, limit)
  const held = shown.map(async (key) => {
    const [type = '', id = ''] = key.split('/')
    const project = known.get(key)
    return grantOn(
      holder,
      project ? asResource(project) : await readResource(table, customer.id, { type, id }),
    )
  })
  const end = grantKeys.length > limit ? shown.at(-1) : implicit.upTo
  return {
    items: (await Promise.all(held)).filter((grant) => grant !== undefined),
    next: end === undefined ? undefined : { grantKey: end },
  }
}

/** The projects of an implicit member, from `last` on; `upTo`: there are more after this one. */
async function listImplicitProjects(
  table: Table,
  customerId: string,
  user: User,
  limit: number,
  last: string,
) {
  const [kind, id] = last.split('/')
  if (!isImplicitMember(user) || kind === 'server') return { projects: [], upTo: undefined }
  const after = id === undefined ? undefined : keys.project(customerId, id)
  const { items, next } = await listProjects(table, customerId, { limit, after })
  return { projects: items, upTo: next?.sk?.replace(keys.project(customerId, '').sk, 'project/') }
}

function storedElsewhere({ user, grants }: GrantHolder, known: ReadonlyMap<string, Project>): string[] {
  const stored = [...grants].filter(([key, grant]) => !known.has(key) && effectiveGrant(user, grant))
  return stored.map(([key]) => key)
}

const asResource = (project: Project | undefined): Facts['resource'] =>
  project && { type: 'project', project }

function grantOn({ user, grants }: GrantHolder, resource: Facts['resource']): HeldGrant | undefined {
  if (resource?.type === 'project') {
    const { project } = resource
    const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
    return membership && { project, membership }
  }
  if (resource?.type !== 'server') return undefined
  const { server } = resource
  const assignment = assignmentOf(user, server, grants.get(`server/${server.id}`))
  return assignment && { server, assignment }
}
