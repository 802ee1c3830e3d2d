import { addDays, type Instant } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import {
  missReminders,
  pause,
  remind,
  resume,
  type ReviewEventType,
  upcomingDeadlines,
} from '../../../shared/reviews/model/lifecycle.ts'
import type { ReminderMark } from '../../../shared/reviews/model/reminder.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { putReminder } from '../../../shared/reviews/reminder-store.ts'
import { createReviewerLookup } from '../../../shared/reviews/reviewer-lookup.ts'
import { everyItem } from '../../../shared/reviews/store.ts'
import { applyReview, moveReview, scheduleNextRun } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { clock, contextOf, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'

/** Pauses and resumes an open review with its customer, reminds its reviewers, and ends it. True if there may be more to do. */
export async function advanceOpenReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { review, customer, schedule } = reviewContext
  const now = nowOf(deps)
  const isDue = (schedule.due ?? '') <= now
  if (customer.status === 'suspended') {
    if (review.pausedAt === undefined)
      return save(deps, reviewContext, pause(review, customer, now), 'review.paused')
    if (isDue) await scheduleNextRun(deps.table, schedule, addDays(now, 1))
    return false
  }
  if (review.pausedAt !== undefined) return save(deps, reviewContext, resume(review, now), 'review.resumed')
  const due = upcomingDeadlines(review).filter(({ at }) => at <= now)
  const marks = due.map(({ mark }) => mark).filter((mark) => mark !== 'end')
  if (due.length > marks.length) return endOpen(deps, reviewContext, marks)
  const last = marks.at(-1)
  if (last !== undefined) return sendReminders(deps, reviewContext, last, marks.slice(0, -1))
  if (isDue) await scheduleNextRun(deps.table, schedule, upcomingDeadlines(review)[0]?.at)
  return false
}

/** Records the reminder rounds that were missed, if any; in the next run, ends the time for decisions. */
async function endOpen(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  missed: readonly ReminderMark[],
): Promise<true> {
  if (missed.length > 0) {
    const after = missReminders(reviewContext.review, missed, nowOf(deps))
    return save(deps, reviewContext, after, 'review.reminders-missed')
  }
  await commit(deps.table, applyReview(contextOf(deps, clock), reviewContext).change)
  return true
}

async function save(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  after: Review,
  eventType: ReviewEventType,
): Promise<true> {
  await commit(deps.table, moveReview(contextOf(deps, clock), reviewContext, after, eventType).change)
  return true
}

/** Reminders written at the same time. */
const remindersAtOnce = 8

/**
 * Writes a reminder for each reviewer with undecided items; the stream hands it to the notifications worker. A repeated round
 * writes none again. Rounds that were missed are only recorded.
 */
async function sendReminders(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  mark: ReminderMark,
  missed: readonly ReminderMark[],
): Promise<true> {
  const { table, log } = deps
  const { review } = reviewContext
  const pending = await countPending(deps, reviewContext, nowOf(deps))
  const { customerId, id: reviewId, endsAt = '' } = review
  await mapConcurrent([...pending], remindersAtOnce, ([userId, pendingCount]) =>
    putReminder(table, { customerId, reviewId, mark, endsAt, userId, pendingCount, createdAt: nowOf(deps) }),
  )
  const context = contextOf(deps, clock)
  const after = remind(review, { mark, told: pending.size, missed }, context.now)
  await commit(table, moveReview(context, reviewContext, after, 'review.reminded').change)
  log('info', 'reviewers were reminded', { customerId, count: pending.size })
  return true
}

/** Counts the undecided items of each reviewer. */
async function countPending(
  { table }: ReviewDeps,
  { review, customer }: ReviewContext,
  now: Instant,
): Promise<Map<string, number>> {
  const { reviewersOf } = createReviewerLookup(table, customer, review, now)
  const pending = new Map<string, number>()
  for await (const item of everyItem(table, review)) {
    if (item.state !== 'open' || item.userType === 'main-customer') continue
    for (const userId of await reviewersOf(item)) pending.set(userId, (pending.get(userId) ?? 0) + 1)
  }
  return pending
}
