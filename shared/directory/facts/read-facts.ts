import type { ResourceRef } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { parseEmail } from '../../domain/text/email.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asCustomer } from '../../records/customers.ts'
import { findUserWithGrants, type UserWithGrants } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import type { Table, TableReads } from '../../table/table.ts'
import { findByEmail, type ReadFacts, readDecisionFacts, type Subject } from './decision-facts.ts'
import { readResource } from './read-resource.ts'

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
  { customerId, userId, resource, now }: Question & { userId: string },
): Promise<ReadFacts> {
  const [facts] = await readDecisionFacts(table, { customerId, now }, [{ subject: { userId }, resource }])
  if (!facts) throw new Error('no facts were read')
  return facts
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
