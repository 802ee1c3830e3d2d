import type { AuditEventType } from '../../../shared/domain/values/audit-event.ts'
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
export async function advanceOpenReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { review, customer, schedule } = reviewContext
  const now = nowOf(deps)
  if (customer.status === 'suspended') {
    const pausedAt = suspendedSince(reviewContext, now)
    if (review.pausedAt === undefined) return move(deps, reviewContext, { pausedAt }, 'review.paused')
    if ((schedule.due ?? '') <= now) await scheduleNextRun(deps.table, schedule, addDays(now, 1))
    return false
  }
  if (review.pausedAt !== undefined) return move(deps, reviewContext, resumed(review, now), 'review.resumed')
  const due = upcomingDeadlines(review).filter(({ at }) => at <= now)
  const marks = due.map(({ mark }) => mark).filter((mark) => mark !== 'end')
  if (due.length > marks.length) return endOpen(deps, reviewContext, marks)
  const last = marks.at(-1)
  if (last !== undefined) await remind(deps, reviewContext, last, marks.slice(0, -1))
  else if ((schedule.due ?? '') <= now)
    await scheduleNextRun(deps.table, schedule, upcomingDeadlines(review)[0]?.at)
  return last !== undefined
}

/** Occasions to remind that were missed by then come first: nobody is told of them, they are only written down. */
async function endOpen(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  missed: readonly string[],
): Promise<true> {
  if (missed.length > 0) {
    const reminded = [...reviewContext.review.reminded, ...missed.map((mark) => missedAt(nowOf(deps), mark))]
    await move(deps, reviewContext, { reminded }, 'review.reminders-missed')
  } else await commit(deps.table, applyReview(contextOf(deps, clock), reviewContext).change)
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
  reviewContext: ReviewContext,
  change: Partial<Review>,
  eventType: AuditEventType,
): Promise<boolean> {
  const context = contextOf(deps, clock)
  await commit(
    deps.table,
    moveReview(context, reviewContext, { ...reviewContext.review, ...change }, eventType).change,
  )
  return true
}
