import type { Facts, ResourceRef } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { holderNow } from '../../domain/entities/claim.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { GrantedResource } from '../../domain/entities/grant.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { parseEmail } from '../../domain/text/email.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asClaim } from '../../records/claims.ts'
import { asCustomer } from '../../records/customers.ts'
import { asGrant, grantKeyOf } from '../../records/grants.ts'
import { asUser, findUserWithGrants, type UserWithGrants } from '../../records/users.ts'
import type { Versioned } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table, TableReads } from '../../table/table.ts'
import { type VersionedResource, readResource } from './read-resource.ts'

export type Subject = { userId: string } | { email: string }
/** Facts with the versions of the entities that may be changed. */
type ReadFacts = Facts & {
  customer: Versioned<Customer> | undefined
  resource: VersionedResource | undefined
}
type Question = Subject & { customerId: string; resource: ResourceRef; now: Instant }

/**
 * Reads everything that a decision depends on, strongly: two requests in parallel, the user's collection and one
 * BatchGet; one more before them for a user by e-mail.
 */
export function readFacts(
  table: Table,
  { customerId, resource, now, ...subject }: Question,
): Promise<ReadFacts> {
  return createFactsReader(table, customerId, now)(subject, resource)
}

/**
 * Reads the facts for one question in a single request, however many grants the user has: only those of Main and of
 * the resource are included.
 */
export async function readOwnFacts(
  table: Table,
  { customerId, userId, resource: ref, now }: Question & { userId: string },
): Promise<ReadFacts> {
  const resources = grantsFor(ref)
  const [customerItem, userItem, resource, ...stored] = await Promise.all([
    table.get(keys.customer(customerId)),
    table.get(keys.user(customerId, userId)),
    readResource(table, customerId, ref),
    ...resources.map(({ kind, id }) => table.get(keys.grant(customerId, userId, kind, id))),
  ])
  const customer = asCustomer(customerItem)
  const grants = stored.map(asGrant).filter((grant) => grant !== undefined)
  return {
    now,
    customer,
    user: asUser(userItem),
    grants: new Map(grants.map((grant) => [grantKeyOf(grant.resource), grant])),
    main: customer && mainProjectOf(customer),
    resource,
  }
}

function grantsFor({ type, id }: ResourceRef): GrantedResource[] {
  const main = { kind: 'project', id: mainProjectId } as const
  if (!isId(id) || (type !== 'project' && type !== 'server')) return [main]
  return type === 'project' && id === mainProjectId ? [main] : [main, { kind: type, id }]
}

/**
 * Reads facts for several questions about one customer: a user's collection is read once, all else in one request. As
 * consistent as `table`.
 */
export function createFactsReader(table: TableReads, customerId: string, now: Instant) {
  const collections = new Map<string, Promise<UserWithGrants>>()

  function collectionOf(userId: string): Promise<UserWithGrants> {
    const known = collections.get(userId) ?? findUserWithGrants(table, customerId, userId)
    collections.set(userId, known)
    return known
  }

  async function find(subject: Subject): Promise<UserWithGrants> {
    const userId =
      'userId' in subject ? subject.userId : await findByEmail(table, customerId, parseEmail(subject.email))
    return userId !== undefined && isId(userId) ? collectionOf(userId) : nobody
  }

  return async (subject: Subject, ref: ResourceRef): Promise<ReadFacts> => {
    if (!isId(customerId))
      return { ...nobody, now, customer: undefined, main: undefined, resource: undefined }
    const [{ user, grants }, item, resource] = await Promise.all([
      find(subject),
      table.get(keys.customer(customerId)),
      readResource(table, customerId, ref),
    ])
    const customer = asCustomer(item)
    return { now, customer, user, grants, main: customer && mainProjectOf(customer), resource }
  }
}

const nobody: UserWithGrants = { user: undefined, grants: new Map() }

/** Id of the user with this address at present. */
export async function findByEmail(
  table: TableReads,
  customerId: string,
  email: string | undefined,
): Promise<string | undefined> {
  if (email === undefined) return undefined
  return holderNow(asClaim(await table.get(keys.email(customerId, email))))?.id
}
