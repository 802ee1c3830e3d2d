import type { Facts } from '../../domain/access/decide.ts'
import { type EffectiveRight, effectiveRights } from '../../domain/access/effective-access.ts'
import type { Page, PageRequest, Position } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'
import { type Caller, listReadableProjects, listReadableServers } from './list-readable.ts'

/** The effective rights on a resource; `resource` is absent for the customer as a whole. */
export type Access = { resource: Facts['resource']; rights: readonly EffectiveRight[] }

/** An API call has ten requests; projects and servers get three each. */
const rounds = 3

/**
 * Lists a user's effective rights: on the account, then on projects, then on servers. `after.part` says which of them
 * comes next.
 */
export async function listAccess(
  table: Table,
  subject: Caller,
  customerId: string,
  { limit, after }: PageRequest,
): Promise<Page<Access>> {
  const items = after ? [] : onAccount(subject, customerId)
  if (items.length >= limit) return { items, next: { part: 'project' } }
  if (after?.part !== 'server') {
    const part = { limit: limit - items.length, after: placeIn(after) }
    const projects = await listReadableProjects(table, customerId, subject, part, { rounds })
    items.push(
      ...projects.items.map((project) => accessTo(subject, { type: 'project', project }, project.id)),
    )
    if (projects.next) return { items, next: { ...projects.next, part: 'project' } }
    if (items.length >= limit) return { items, next: { part: 'server' } }
  }
  const part = { limit: limit - items.length, after: after?.part === 'server' ? placeIn(after) : undefined }
  const servers = await listReadableServers(table, customerId, subject, part, { rounds })
  items.push(...servers.items.map((server) => accessTo(subject, { type: 'server', server }, server.id)))
  return { items, next: servers.next && { ...servers.next, part: 'server' } }
}

function onAccount(subject: Caller, customerId: string): Access[] {
  const rights = effectiveRights(subject, { type: 'customer', id: customerId })
  return rights.length > 0 ? [{ resource: undefined, rights }] : []
}

function accessTo(subject: Caller, resource: NonNullable<Facts['resource']>, id: string): Access {
  return { resource, rights: effectiveRights({ ...subject, resource }, { type: resource.type, id }) }
}

function placeIn(after: Position | undefined): Position | undefined {
  const { part: _, ...place } = after ?? {}
  return place.pk === undefined ? undefined : place
}
