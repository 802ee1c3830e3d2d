import { setTimeout } from 'node:timers/promises'
import { cancelReview } from '../../shared/directory/end-review.ts'
import { readCalendar } from '../../shared/directory/read-calendar.ts'
import { startReview } from '../../shared/directory/start-review.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import { isStale } from '../../shared/domain/errors.ts'
import { addDays } from '../../shared/domain/instant.ts'
import { nextStart, type ReviewCalendar } from '../../shared/domain/review-calendar.ts'
import { isUnderWay } from '../../shared/domain/review.ts'
import { commit } from '../../shared/table/commit.ts'
import { findCustomer } from '../../shared/table/customers.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { findReview } from '../../shared/table/reviews.ts'
import { stale } from '../../shared/table/transact.ts'
import { type AtHand, clock, contextOf, isTimeUp, nowOf, type ReviewDeps } from './deps.ts'
import { goOnApplying } from './go-on-applying.ts'
import { goOnOpen } from './go-on-open.ts'
import { lookAt } from './look-at.ts'
import { openReview } from './open.ts'

const attempts = 5

/**
 * Does everything that is due about a customer's reviews, told from the table alone: whoever wakes it, however late or often,
 * it finds what is to be done, and two at once do it once.
 */
export async function goOn(deps: ReviewDeps, customerId: string): Promise<void> {
  let failures = 0
  while (!isTimeUp(deps)) {
    try {
      if (!(await takeStep(deps, customerId))) return
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
async function takeStep(deps: ReviewDeps, customerId: string): Promise<boolean> {
  const { table } = deps
  const customer = await findCustomer(table, customerId)
  if (!customer) return false
  const calendar = await readCalendar(table, customerId, nowOf(deps))
  if (calendar.current === undefined) return startIfDue(deps, customer, calendar)
  const review = await findReview(table, customerId, calendar.current)
  // A review and its calendar move together: somebody has moved them between the two reads.
  if (!review || !isUnderWay(review)) throw stale()
  const atHand = { customer, calendar, review }
  if (review.state === 'applying') return goOnApplying(deps, atHand)
  if (customer.status === 'closed') return cancel(deps, atHand)
  return review.state === 'opening' ? openReview(deps, atHand) : goOnOpen(deps, atHand)
}

async function startIfDue(
  deps: ReviewDeps,
  customer: Customer,
  calendar: Versioned<ReviewCalendar>,
): Promise<boolean> {
  const now = nowOf(deps)
  const start = nextStart(calendar)
  if (customer.status === 'active' && start !== undefined && start <= now) {
    await commit(deps.table, startReview(contextOf(deps, clock), customer, calendar).change)
    return true
  }
  if (calendar.due === undefined || calendar.due > now) return false
  // Nobody could decide anything while the customer is suspended; closing is final.
  const due = customer.status === 'suspended' ? addDays(now, 1) : undefined
  await lookAt(deps.table, calendar, customer.status === 'active' ? start : due)
  return false
}

async function cancel(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const { change } = cancelReview(contextOf(deps, clock), atHand, 'the customer was closed')
  await commit(deps.table, change)
  return true
}
