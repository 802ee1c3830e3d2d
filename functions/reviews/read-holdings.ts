import type { Customer } from '../../shared/domain/customer.ts'
import type { Resources } from '../../shared/domain/held.ts'
import type { Project } from '../../shared/domain/project.ts'
import type { Reviewed } from '../../shared/domain/review-grants.ts'
import type { Server } from '../../shared/domain/server.ts'
import { listProjects } from '../../shared/table/projects.ts'
import { allPages } from '../../shared/table/query.ts'
import { listServers } from '../../shared/table/servers.ts'
import type { Table } from '../../shared/table/table.ts'
import { listUses } from '../../shared/table/uses.ts'
import { findUserWithGrants } from '../../shared/table/users.ts'

/** Everything of a customer that something can be held on, strongly read. */
export async function readResources(table: Table, customer: Customer): Promise<Resources> {
  const [projects, servers] = await Promise.all([
    byId(allPages<Project>((after) => listProjects(table, customer.id, { after }))),
    byId(allPages<Server>((after) => listServers(table, customer.id, { after }))),
  ])
  return { customer, projects, servers }
}

async function byId<T extends { id: string }>(all: AsyncIterable<T>): Promise<Map<string, T>> {
  const found = new Map<string, T>()
  for await (const each of all) found.set(each.id, each)
  return found
}

/** A user with everything they hold, strongly read, and what is known of its use; `undefined`: there's none. */
export async function readReviewed(
  table: Table,
  customerId: string,
  userId: string,
): Promise<Reviewed | undefined> {
  const [{ user, grants }, uses] = await Promise.all([
    findUserWithGrants(table, customerId, userId),
    listUses(table, customerId, userId),
  ])
  return user && { user, grants, uses }
}
