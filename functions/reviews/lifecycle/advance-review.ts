import { setTimeout } from 'node:timers/promises'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addDays } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { isUnderWay } from '../../../shared/reviews/model/review.ts'
import { nextStart } from '../../../shared/reviews/policy/review-schedule.ts'
import { findReview } from '../../../shared/reviews/store.ts'
import {
  cancelReview,
  type CurrentSchedule,
  readSchedule,
  scheduleNextRun,
  startReview,
} from '../../../shared/reviews/transition.ts'
import { stale } from '../../../shared/table/transact.ts'
import { clock, contextOf, isTimeUp, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { advanceApplyingReview } from './applying-phase.ts'
import { advanceOpenReview } from './open-phase.ts'
import { openReview } from './open-review.ts'

const mostConflicts = 5

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

async function cancel(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { change } = cancelReview(contextOf(deps, clock), reviewContext, 'the customer was closed')
  await commit(deps.table, change)
  return true
}
