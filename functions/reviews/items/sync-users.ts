import type { Resources } from '../../../shared/domain/access/entitlements.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { GrantedResource } from '../../../shared/domain/entities/grant.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { eventsSince } from '../../../shared/records/audit-events.ts'
import { findAdmins, findCustomer } from '../../../shared/records/customers.ts'
import { listHolders } from '../../../shared/records/grants.ts'
import { decisionsEndedAt } from '../../../shared/reviews/model/lifecycle.ts'
import { itemsFor } from '../../../shared/reviews/model/item-candidates.ts'
import { refreshItems } from '../../../shared/reviews/model/refresh-items.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { everyItem, findReview, findSchedule } from '../../../shared/reviews/store.ts'
import { backoffWithJitter } from '../../../shared/runtime/backoff.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import type { Versioned, Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { allPages } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'
import { nowOf, type ReviewContext, type ReviewDeps } from './deps.ts'
import { readResources, readReviewSubject } from './read-entitlements.ts'
import { itemsAtOnce, putItems } from './write-items.ts'

const usersAtOnce = 8
const attempts = 10

/** Ids of changed users, projects and servers of a customer; `review`: the review or the customer itself has changed. */
export type AffectedScope = {
  users: Set<string>
  projects: Set<string>
  servers: Set<string>
  review: boolean
}

/** Collects what the changes in audit events affect. Changes of review items affect nothing. */
export function affectedBy(events: readonly AuditEvent[]): AffectedScope {
  const affected: AffectedScope = {
    users: new Set(),
    projects: new Set(),
    servers: new Set(),
    review: false,
  }
  for (const { resource } of events.flatMap(({ changes }) => changes)) {
    const [first = '', userId] = resource.id.split('/')
    if (resource.type === 'user') affected.users.add(first)
    else if (resource.type === 'membership' || resource.type === 'assignment')
      affected.users.add(userId ?? '')
    else if (resource.type === 'project') affected.projects.add(first)
    else if (resource.type === 'server') affected.servers.add(first)
    else if (resource.type === 'customer' || (resource.type === 'review' && userId === undefined)) {
      affected.review = true
    }
  }
  return affected
}

/**
 * Ids of the affected users: those named, and all who may hold a grant on an affected project or server, by type or by an
 * index. The index is eventually consistent, so the caller reads each user strongly.
 */
async function affectedUsers(
  table: Table,
  customer: Customer,
  { users, projects, servers }: AffectedScope,
): Promise<Set<string>> {
  const all = new Set(users)
  if (projects.size > 0) {
    all.add(customer.mainCustomerId)
    const admins = await findAdmins(table, customer.id)
    for (const id of Object.keys(admins?.since ?? {})) all.add(id)
  }
  const resources: GrantedResource[] = [
    ...[...projects].map((id) => ({ kind: 'project' as const, id })),
    ...[...servers].map((id) => ({ kind: 'server' as const, id })),
  ]
  for (const resource of resources) {
    const holders = allPages((after) => listHolders(table, customer.id, resource, { after }))
    for await (const id of holders) all.add(id)
  }
  return all
}

/** `syncChangedUsers` for all audit events since then, read from the table instead of the stream. */
export async function syncChangesSince(deps: ReviewDeps, customerId: string, since: Instant): Promise<void> {
  const events = await eventsSince(deps.table, customerId, since)
  await syncChangedUsers(deps, customerId, affectedBy(events))
}

/** Syncs the items of all affected users while people can decide; later changes are left to the next review. */
export async function syncChangedUsers(
  deps: ReviewDeps,
  customerId: string,
  affected: AffectedScope,
): Promise<void> {
  if (affected.users.size + affected.projects.size + affected.servers.size === 0) return
  for (let attempt = 1; ; attempt++) {
    const reviewContext = await readContext(deps, customerId)
    if (!reviewContext) return
    try {
      const resources = await readResources(deps.table, reviewContext.customer)
      const users = await affectedUsers(deps.table, reviewContext.customer, affected)
      await mapConcurrent([...users], usersAtOnce, (userId) =>
        syncUserItems(deps, reviewContext, resources, userId),
      )
      return
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      await backoffWithJitter(attempt)
    }
  }
}

/** `undefined`: no review whose items still follow the directory. */
async function readContext({ table }: ReviewDeps, customerId: string): Promise<ReviewContext | undefined> {
  const [customer, schedule] = await Promise.all([
    findCustomer(table, customerId),
    findSchedule(table, customerId),
  ])
  if (!customer || schedule?.current === undefined) return undefined
  const review = await findReview(table, customerId, schedule.current)
  return review?.state === 'opening' || review?.state === 'open' ? { customer, schedule, review } : undefined
}

/** A user who changes during every sync is synced again by the events of those changes. */
const mostRepeats = 10

/**
 * Makes a user's items agree with the directory; stale if the review has changed since it was read. After a write it syncs
 * once more: a concurrent change may have been committed before the write, and its event handled before there was an item.
 * Returns how many grants the user holds.
 */
export async function syncUserItems(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  known: Resources,
  userId: string,
): Promise<number> {
  let resources = known
  for (let repeat = 1; ; repeat++) {
    const { held, changed } = await syncOnce(deps, reviewContext, resources, userId)
    if (changed === 0 || repeat === mostRepeats) return held
    resources = await readResources(deps.table, reviewContext.customer)
  }
}

async function syncOnce(
  deps: ReviewDeps,
  { review, schedule, customer }: ReviewContext,
  resources: Resources,
  userId: string,
): Promise<{ held: number; changed: number }> {
  const { table } = deps
  const items: Versioned<ReviewItem>[] = []
  // Items before the user: an item that a concurrent run makes of an older state is among them, or fails our condition.
  for await (const item of everyItem(table, review, userId)) items.push(item)
  const subject = await readReviewSubject(table, review.customerId, userId)
  const now = nowOf(deps)
  const candidates = subject ? itemsFor(subject, resources, { review, since: schedule.since, now }) : []
  const updates = refreshItems(candidates, items, decisionsEndedAt(review, customer, now))
  const isAsRead: Write = {
    check: keys.review(review.customerId, review.id),
    expectedVersion: review.version,
  }
  for (let place = 0; place < updates.length; place += itemsAtOnce) {
    const batch = updates.slice(place, place + itemsAtOnce)
    await putItems(deps, review, 'review.items-changed', batch, [isAsRead])
  }
  return { held: candidates.length, changed: updates.length }
}
