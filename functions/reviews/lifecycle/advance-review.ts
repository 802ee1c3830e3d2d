import { setTimeout } from 'node:timers/promises'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addDays, addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { itemsFor } from '../../../shared/reviews/model/item-candidates.ts'
import { open } from '../../../shared/reviews/model/lifecycle.ts'
import { isUnderWay } from '../../../shared/reviews/model/review.ts'
import { nextStart } from '../../../shared/reviews/policy/review-schedule.ts'
import { findReview, itemRecord } from '../../../shared/reviews/store.ts'
import {
  cancelReview,
  type CurrentSchedule,
  moveReview,
  readSchedule,
  scheduleNextRun,
  startReview,
} from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { stale } from '../../../shared/table/transact.ts'
import { forEachUserPage } from '../items/checkpoint.ts'
import { clock, contextOf, isTimeUp, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { readResources, readReviewSubject } from '../items/read-entitlements.ts'
import { syncChangesSince } from '../items/sync-users.ts'
import { advanceApplyingReview } from './applying-phase.ts'
import { advanceOpenReview } from './open-phase.ts'

const mostConflicts = 5
/** Milliseconds between the time of a Change and its commit, at most. */
const longestRequest = 60_000
/** Items of one user written at the same time: a review is one partition, which takes a thousand writes a second. */
const itemsAtOnce = 4

/**
 * Runs every transition of the customer's review that is due. Each round reads the state from the table, so running late, twice
 * or concurrently is safe: of two concurrent runs one fails its version check and retries, or leaves the rest to the other.
 */
export async function advanceReview(deps: ReviewDeps, customerId: string): Promise<void> {
  let conflicts = 0
  while (!isTimeUp(deps)) {
    try {
      const mayHaveMore = await runNextTransition(deps, customerId)
      if (!mayHaveMore) return
      conflicts = 0
    } catch (error) {
      if (!isStale(error)) throw error
      // A concurrent run is at work; anything that it leaves stays due.
      if (++conflicts === mostConflicts) return
      await setTimeout(Math.random() * 50 * 2 ** conflicts)
    }
  }
}

/** Returns whether there may be more to do. */
async function runNextTransition(deps: ReviewDeps, customerId: string): Promise<boolean> {
  const { table } = deps
  const customer = await findCustomer(table, customerId)
  if (!customer) return false
  const schedule = await readSchedule(table, customerId, nowOf(deps))
  if (schedule.current === undefined) return startIfDue(deps, customer, schedule)
  const review = await findReview(table, customerId, schedule.current)
  // A review and its schedule change in one transaction: one came between the two reads.
  if (!review || !isUnderWay(review)) throw stale()
  const reviewContext = { customer, schedule, review }
  if (review.state === 'applying') return advanceApplyingReview(deps, reviewContext)
  if (customer.status === 'closed') return cancel(deps, reviewContext)
  return review.state === 'opening' ? openReview(deps, reviewContext) : advanceOpenReview(deps, reviewContext)
}

async function startIfDue(deps: ReviewDeps, customer: Customer, schedule: CurrentSchedule): Promise<boolean> {
  const now = nowOf(deps)
  const start = nextStart(schedule)
  if (customer.status === 'active' && start !== undefined && start <= now) {
    await commit(deps.table, startReview(contextOf(deps, clock), customer, schedule).change)
    return true
  }
  if (schedule.due === undefined || schedule.due > now) return false
  // Nobody could decide while the customer is suspended, so look again in a day; closing is final.
  const due = customer.status === 'suspended' ? addDays(now, 1) : undefined
  await scheduleNextRun(deps.table, schedule, customer.status === 'active' ? start : due)
  return false
}

/**
 * Makes an item of every grant in scope, with one Query a user and one write unit an item; items from before a crash are
 * kept. Then syncs the users changed meanwhile, whose grants may have changed between their reading and their item. False: time
 * is up, and the review is still opening.
 */
export async function openReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { table } = deps
  const { review, schedule, customer } = reviewContext
  const resources = await readResources(table, customer)
  const run = { review, since: schedule.since, now: nowOf(deps) }
  const count = await forEachUserPage(deps, reviewContext, 'opening', async (userId) => {
    const subject = await readReviewSubject(table, customer.id, userId)
    if (!subject) return 0
    const inScope = itemsFor(subject, resources, run).filter(({ isInScope }) => isInScope)
    await mapConcurrent(inScope, itemsAtOnce, ({ item }) => table.putNew(itemRecord(item)))
    return inScope.length
  })
  if (count === undefined) return false
  await syncChangesSince(deps, customer.id, addMilliseconds(review.startedAt, -longestRequest))
  const context = contextOf(deps, clock)
  const opened = open(review, count, context.now)
  await commit(table, moveReview(context, reviewContext, opened, 'review.opened').change)
  return true
}

async function cancel(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { change } = cancelReview(contextOf(deps, clock), reviewContext, 'the customer was closed')
  await commit(deps.table, change)
  return true
}
