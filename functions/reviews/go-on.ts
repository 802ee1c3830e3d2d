import { setTimeout } from 'node:timers/promises'
import { applyReview, cancelReview } from '../../shared/directory/end-review.ts'
import { moveReview, versionOf } from '../../shared/directory/move-review.ts'
import { readCalendar } from '../../shared/directory/read-calendar.ts'
import { startReview } from '../../shared/directory/start-review.ts'
import { isStale } from '../../shared/domain/errors.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import { addMilliseconds, dateOf, instantOfStamp } from '../../shared/domain/instant.ts'
import type { Review, ReviewCalendar } from '../../shared/domain/review.ts'
import { addDays, appointments, isUnderWay, nextStart } from '../../shared/domain/review.ts'
import { commit } from '../../shared/table/commit.ts'
import { findCustomer } from '../../shared/table/customers.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { calendarItem, findProgress, findReview } from '../../shared/table/reviews.ts'
import { stale } from '../../shared/table/transact.ts'
import { applyItems } from './apply.ts'
import { closeReview } from './close.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { clock, contextOf, isTimeUp, nowOf } from './deps.ts'
import { messages } from './messages.ts'
import { openReview } from './open.ts'
import { keepProgress } from './progress.ts'
import { reconcile } from './reconcile.ts'
import { missedAt, remind } from './remind.ts'
import { verifyItems } from './verify.ts'
import type { WalkEnd } from './walk-items.ts'

const attempts = 5
/** Milliseconds until what is left is tried again: twice as long each time. */
const firstPause = 5_000
const longestPause = 3_600_000
/** Attempts after which somebody has to look at it: the pauses between them come to more than twenty minutes. */
const stuckAfter = 9

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
  await lookAt(deps, calendar, customer.status === 'active' ? start : due)
  return false
}

async function cancel(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const { change } = cancelReview(contextOf(deps, clock), atHand, 'the customer was closed')
  await commit(deps.table, change)
  return true
}

async function goOnOpen(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const { review, customer, calendar } = atHand
  const now = nowOf(deps)
  if (customer.status === 'suspended') {
    const pausedAt = suspendedSince(atHand, now)
    if (review.pausedAt === undefined) return move(deps, atHand, { pausedAt }, 'review.paused')
    if ((calendar.due ?? '') <= now) await lookAt(deps, calendar, addDays(now, 1))
    return false
  }
  if (review.pausedAt !== undefined) return move(deps, atHand, resumed(review, now), 'review.resumed')
  const due = appointments(review).filter(({ at }) => at <= now)
  const marks = due.map(({ mark }) => mark).filter((mark) => mark !== 'end')
  if (due.length > marks.length) return endOpen(deps, atHand, marks)
  const last = marks.at(-1)
  if (last !== undefined) await remind(deps, atHand, last, marks.slice(0, -1))
  else if ((calendar.due ?? '') <= now) await lookAt(deps, calendar, appointments(review)[0]?.at)
  return last !== undefined
}

/** Occasions to remind that were missed by then come first: nobody is told of them, they are only written down. */
async function endOpen(deps: ReviewDeps, atHand: AtHand, missed: readonly string[]): Promise<true> {
  if (missed.length > 0) {
    const reminded = [...atHand.review.reminded, ...missed.map((mark) => missedAt(nowOf(deps), mark))]
    await move(deps, atHand, { reminded }, 'review.reminders-missed')
  } else await commit(deps.table, applyReview(contextOf(deps, clock), atHand).change)
  return true
}

/** Since when nobody could decide, however late it is found. */
function suspendedSince({ customer, review: { openedAt = '' } }: AtHand, now: Instant): Instant {
  const since = instantOfStamp(customer.stamps.status)
  if (since < openedAt) return openedAt
  return since < now ? since : now
}

/** The end moves by as long as nobody could decide. */
function resumed({ pausedAt = '', endsAt = '' }: Review, now: string): Partial<Review> {
  const paused = dateOf(now).getTime() - dateOf(pausedAt).getTime()
  return { pausedAt: undefined, endsAt: addMilliseconds(endsAt, paused) }
}

async function move(
  deps: ReviewDeps,
  atHand: AtHand,
  change: Partial<Review>,
  eventType: string,
): Promise<boolean> {
  const context = contextOf(deps, clock)
  await commit(deps.table, moveReview(context, atHand, { ...atHand.review, ...change }, eventType).change)
  return true
}

async function goOnApplying(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const { review } = atHand
  if (!review.brake) return reconcile(deps, atHand)
  const progress = await findProgress(deps.table, review)
  if (progress?.phase !== 'verifying') {
    const walk = await applyItems(deps, atHand, review.brake)
    if (walk.end !== 'done') return waitFor(deps, atHand, walk)
    const { customerId, id: reviewId } = review
    const begun = { customerId, reviewId, phase: 'verifying', items: 0, failures: 0 } as const
    await keepProgress(deps.table, begun, (await findProgress(deps.table, review))?.version)
    return true
  }
  const walk = await verifyItems(deps, atHand)
  if (walk.end !== 'done') return waitFor(deps, atHand, walk)
  await closeReview(deps, atHand)
  return true
}

/** The review doesn't close over what is left: that is tried again after a while. */
async function waitFor(deps: ReviewDeps, { calendar }: AtHand, walk: WalkEnd): Promise<false> {
  if (walk.end === 'left') {
    const { customerId } = calendar
    if (walk.failures >= stuckAfter) {
      deps.log('error', messages.stuck, { customerId, count: walk.count, attempts: walk.failures })
    }
    const pause = Math.min(longestPause, firstPause * 2 ** (walk.failures - 1))
    await lookAt(deps, calendar, addMilliseconds(nowOf(deps), pause))
  }
  return false
}

/** When the clock looks again; no Change of anything that people see. */
async function lookAt(
  { table }: ReviewDeps,
  calendar: Versioned<ReviewCalendar>,
  due: string | undefined,
): Promise<void> {
  await table.transact([{ put: calendarItem({ ...calendar, due }), was: versionOf(calendar) }])
}
