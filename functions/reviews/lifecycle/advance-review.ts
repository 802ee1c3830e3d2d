import { setTimeout } from 'node:timers/promises'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addDays } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { cancelReview } from '../../../shared/reviews/end-review.ts'
import { isUnderWay } from '../../../shared/reviews/model/review.ts'
import { nextStart, type ReviewSchedule } from '../../../shared/reviews/policy/review-schedule.ts'
import { startReview } from '../../../shared/reviews/start-review.ts'
import { findReview } from '../../../shared/reviews/store.ts'
import { scheduleNextRun, readSchedule } from '../../../shared/reviews/transition.ts'
import type { Expected } from '../../../shared/table/item.ts'
import { stale } from '../../../shared/table/transact.ts'
import { type ReviewContext, clock, contextOf, isTimeUp, nowOf, type ReviewDeps } from '../items/deps.ts'
import { advanceApplyingReview } from './applying-phase.ts'
import { advanceOpenReview } from './open-phase.ts'
import { openReview } from './open-review.ts'

const attempts = 5

/**
 * Does everything that is due about a customer's reviews, told from the table alone: whoever wakes it, however late or often,
 * it finds what is to be done, and two at once do it once.
 */
export async function advanceReview(deps: ReviewDeps, customerId: string): Promise<void> {
  let failures = 0
  while (!isTimeUp(deps)) {
    try {
      if (!(await runNextTransition(deps, customerId))) return
      failures = 0
    } catch (error) {
      if (!isStale(error)) throw error
      // Somebody else is at it. What they leave is due still.
      if (++failures === attempts) return
      await setTimeout(Math.random() * 50 * 2 ** failures)
    }
  }
}

/** True if there may be something more to do. */
async function runNextTransition(deps: ReviewDeps, customerId: string): Promise<boolean> {
  const { table } = deps
  const customer = await findCustomer(table, customerId)
  if (!customer) return false
  const schedule = await readSchedule(table, customerId, nowOf(deps))
  if (schedule.current === undefined) return startIfDue(deps, customer, schedule)
  const review = await findReview(table, customerId, schedule.current)
  // A review and its calendar move together: somebody has moved them between the two reads.
  if (!review || !isUnderWay(review)) throw stale()
  const reviewContext = { customer, schedule, review }
  if (review.state === 'applying') return advanceApplyingReview(deps, reviewContext)
  if (customer.status === 'closed') return cancel(deps, reviewContext)
  return review.state === 'opening' ? openReview(deps, reviewContext) : advanceOpenReview(deps, reviewContext)
}

async function startIfDue(
  deps: ReviewDeps,
  customer: Customer,
  schedule: Expected<ReviewSchedule>,
): Promise<boolean> {
  const now = nowOf(deps)
  const start = nextStart(schedule)
  if (customer.status === 'active' && start !== undefined && start <= now) {
    await commit(deps.table, startReview(contextOf(deps, clock), customer, schedule).change)
    return true
  }
  if (schedule.due === undefined || schedule.due > now) return false
  // Nobody could decide anything while the customer is suspended; closing is final.
  const due = customer.status === 'suspended' ? addDays(now, 1) : undefined
  await scheduleNextRun(deps.table, schedule, customer.status === 'active' ? start : due)
  return false
}

async function cancel(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { change } = cancelReview(contextOf(deps, clock), reviewContext, 'the customer was closed')
  await commit(deps.table, change)
  return true
}
