import type { GrantedResource } from '../../../shared/domain/entities/grant.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { eventsSince } from '../../../shared/records/audit-events.ts'
import { findAdmins, findCustomer } from '../../../shared/records/customers.ts'
import { listHolders } from '../../../shared/records/grants.ts'
import { findSchedule, findReview } from '../../../shared/reviews/store.ts'
import { backoffWithJitter } from '../../../shared/runtime/backoff.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { allPages } from '../../../shared/table/query.ts'
import { type AffectedScope, affectedBy } from './affected-scope.ts'
import type { ReviewContext, ReviewDeps } from './deps.ts'
import { readResources } from './read-entitlements.ts'
import { syncUserItems } from './sync-user-items.ts'

const usersAtOnce = 8
const attempts = 10

/** As `followChanges`, told from the audit trail instead of by the stream. */
export async function syncChangesSince(deps: ReviewDeps, customerId: string, since: Instant): Promise<void> {
  const events = await eventsSince(deps.table, customerId, since)
  await syncChangedUsers(deps, customerId, affectedBy(events))
}

/** Users of whom something was said, each strongly read. What happens once decisions have ended is for the next review. */
export async function syncChangedUsers(
  deps: ReviewDeps,
  customerId: string,
  concerned: AffectedScope,
): Promise<void> {
  if (concerned.users.size + concerned.projects.size + concerned.servers.size === 0) return
  for (let attempt = 1; ; attempt++) {
    const reviewContext = await readContext(deps, customerId)
    if (!reviewContext) return
    try {
      const resources = await readResources(deps.table, reviewContext.customer)
      const users = await usersOf(deps, reviewContext, concerned)
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

async function readContext({ table }: ReviewDeps, customerId: string): Promise<ReviewContext | undefined> {
  const [customer, schedule] = await Promise.all([
    findCustomer(table, customerId),
    findSchedule(table, customerId),
  ])
  if (!customer || schedule?.current === undefined) return undefined
  const review = await findReview(table, customerId, schedule.current)
  const takesItems = review?.state === 'opening' || review?.state === 'open'
  return takesItems ? { customer, schedule, review } : undefined
}

/** Those named; of a project also who is in it by its type; of both what an index proposes. */
async function usersOf(
  { table }: ReviewDeps,
  { customer }: ReviewContext,
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
