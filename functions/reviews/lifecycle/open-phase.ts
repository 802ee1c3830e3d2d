import {
  addDays,
  addMilliseconds,
  dateOf,
  type Instant,
  instantOfStamp,
} from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { applyReview } from '../../../shared/reviews/end-review.ts'
import { upcomingDeadlines, type Review } from '../../../shared/reviews/model/review.ts'
import { scheduleNextRun, moveReview } from '../../../shared/reviews/transition.ts'
import { type ReviewContext, clock, contextOf, nowOf, type ReviewDeps } from '../items/deps.ts'
import { missedAt, remind } from './send-reminders.ts'

/** What is due while people decide: to stop and go on with the customer, to remind, to end. True if there may be more to do. */
export async function advanceOpenReview(deps: ReviewDeps, atHand: ReviewContext): Promise<boolean> {
  const { review, customer, calendar } = atHand
  const now = nowOf(deps)
  if (customer.status === 'suspended') {
    const pausedAt = suspendedSince(atHand, now)
    if (review.pausedAt === undefined) return move(deps, atHand, { pausedAt }, 'review.paused')
    if ((calendar.due ?? '') <= now) await scheduleNextRun(deps.table, calendar, addDays(now, 1))
    return false
  }
  if (review.pausedAt !== undefined) return move(deps, atHand, resumed(review, now), 'review.resumed')
  const due = upcomingDeadlines(review).filter(({ at }) => at <= now)
  const marks = due.map(({ mark }) => mark).filter((mark) => mark !== 'end')
  if (due.length > marks.length) return endOpen(deps, atHand, marks)
  const last = marks.at(-1)
  if (last !== undefined) await remind(deps, atHand, last, marks.slice(0, -1))
  else if ((calendar.due ?? '') <= now)
    await scheduleNextRun(deps.table, calendar, upcomingDeadlines(review)[0]?.at)
  return last !== undefined
}

/** Occasions to remind that were missed by then come first: nobody is told of them, they are only written down. */
async function endOpen(deps: ReviewDeps, atHand: ReviewContext, missed: readonly string[]): Promise<true> {
  if (missed.length > 0) {
    const reminded = [...atHand.review.reminded, ...missed.map((mark) => missedAt(nowOf(deps), mark))]
    await move(deps, atHand, { reminded }, 'review.reminders-missed')
  } else await commit(deps.table, applyReview(contextOf(deps, clock), atHand).change)
  return true
}

/** Since when nobody could decide, however late it is found. */
function suspendedSince({ customer, review: { openedAt = '' } }: ReviewContext, now: Instant): Instant {
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
  atHand: ReviewContext,
  change: Partial<Review>,
  eventType: string,
): Promise<boolean> {
  const context = contextOf(deps, clock)
  await commit(deps.table, moveReview(context, atHand, { ...atHand.review, ...change }, eventType).change)
  return true
}
