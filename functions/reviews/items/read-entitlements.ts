import type { Resources } from '../../../shared/domain/access/entitlements.ts'
import { isMainMember } from '../../../shared/domain/access/main-project.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import { typeOf, type User } from '../../../shared/domain/entities/user.ts'
import { findAdmins } from '../../../shared/records/customers.ts'
import { listProjects } from '../../../shared/records/projects.ts'
import { listServers } from '../../../shared/records/servers.ts'
import { asUser, findUserWithGrants } from '../../../shared/records/users.ts'
import type { ReviewSubject } from '../../../shared/reviews/model/item-candidates.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { allPages } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'
import { listUsage } from '../../../shared/usage/usage-store.ts'
import { nowOf, type ReviewDeps } from './deps.ts'

/** Lists the admins who can use the Interface now: active, and in Main. */
export async function listActiveAdmins(
  deps: Pick<ReviewDeps, 'table'>,
  customer: Customer,
): Promise<Versioned<User>[]> {
  const { table } = deps
  const admins = await findAdmins(table, customer.id)
  const ids = Object.keys(admins?.since ?? {})
  const users = await table.getMany(ids.map((id) => keys.user(customer.id, id)))
  return users
    .map(asUser)
    .filter((user) => user !== undefined)
    .filter((user) => !user.deleted && user.status === 'active' && typeOf(user) === 'customer-admin')
    .filter((user) => isMainMember(customer, user, nowOf(deps)))
}

/** Reads all resources of a customer that can be granted, strongly. */
export async function readResources(table: Table, customer: Customer): Promise<Resources> {
  const [projects, servers] = await Promise.all([
    byId(allPages<Project>((after) => listProjects(table, customer.id, { after }))),
    byId(allPages<Server>((after) => listServers(table, customer.id, { after }))),
  ])
  return { customer, projects, servers }
}

async function byId<T extends { id: string }>(entities: AsyncIterable<T>): Promise<Map<string, T>> {
  const found = new Map<string, T>()
  for await (const entity of entities) found.set(entity.id, entity)
  return found
}

/** Reads a user with all grants, strongly, and their usage; `undefined`: there's no such user. */
export async function readReviewSubject(
  table: Table,
  customerId: string,
  userId: string,
): Promise<ReviewSubject | undefined> {
  const [{ user, grants }, usage] = await Promise.all([
    findUserWithGrants(table, customerId, userId),
    listUsage(table, customerId, userId),
  ])
  return user && { user, grants, usage }
}
