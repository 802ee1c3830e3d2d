import { holderNow } from '../domain/claim.ts'
import type { Facts, ResourceRef } from '../domain/decide.ts'
import { parseEmail } from '../domain/email.ts'
import { isId } from '../domain/id.ts'
import type { Instant } from '../domain/instant.ts'
import { mainProjectOf } from '../domain/main-project.ts'
import { asClaim } from '../table/claims.ts'
import { asCustomer } from '../table/customers.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { UserWithGrants } from '../table/users.ts'
import { findUserWithGrants } from '../table/users.ts'
import { readResource } from './read-resource.ts'

export type Subject = { userId: string } | { email: string }
export type Question = Subject & { customerId: string; resource: ResourceRef; now: Instant }

/**
 * Everything that a decision depends on, strongly read: two requests in parallel, the user's collection and one
 * BatchGet; one more before them for a user by e-mail.
 */
export function readFacts(table: Table, { customerId, resource, now, ...subject }: Question): Promise<Facts> {
  return createFactsReader(table, customerId, now)(subject, resource)
}

/** For several questions about one customer at once: a user's collection is read once, all else in one request. */
export function createFactsReader(table: Table, customerId: string, now: Instant) {
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

  return async (subject: Subject, ref: ResourceRef): Promise<Facts> => {
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

/** Id of the user that has the address now. */
export async function findByEmail(
  table: Table,
  customerId: string,
  email: string | undefined,
): Promise<string | undefined> {
  if (email === undefined) return undefined
  return holderNow(asClaim(await table.get(keys.email(customerId, email))))?.id
}
