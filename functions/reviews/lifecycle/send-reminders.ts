import type { Instant } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findReviewers } from '../../../shared/reviews/find-reviewers.ts'
import type { ReminderRound } from '../../../shared/reviews/model/review.ts'
import { putReminder } from '../../../shared/reviews/reminder-store.ts'
import { everyItem } from '../../../shared/reviews/store.ts'
import { moveReview } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { type ReviewContext, clock, contextOf, nowOf, type ReviewDeps } from '../items/deps.ts'

/** Reminders written at the same time. */
const atOnce = 8

/**
 * Tells everybody who still owes decisions so, once for this occasion: by an item for each, which the stream tells of.
 * Nobody is told of the occasions that were missed: they are only written down.
 */
export async function remind(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  mark: string,
  missed: readonly string[],
): Promise<void> {
  const { table } = deps
  const { review } = reviewContext
  const pendingCount = await countPending(deps, reviewContext)
  const { customerId, id: reviewId, endsAt = '' } = review
  const of = { customerId, reviewId, mark, endsAt }
  await mapConcurrent([...pendingCount], atOnce, ([userId, count]) =>
    putReminder(table, { ...of, userId, pendingCount: count, createdAt: nowOf(deps) }),
  )
  const context = contextOf(deps, clock)
  const occasions: ReminderRound[] = [
    ...missed.map((each) => missedAt(context.now, each)),
    { mark, at: context.now, told: pendingCount.size },
  ]
  const after = { ...review, reminded: [...review.reminded, ...occasions] }
  await commit(table, moveReview(context, reviewContext, after, 'review.reminded').change)
  deps.log('info', 'reviewers were reminded', { customerId, count: pendingCount.size })
}

/** An occasion that the clock has found too late. */
export const missedAt = (at: Instant, mark: string): ReminderRound => ({ mark, at, told: 0, missed: true })

/** How many undecided items each reviewer may decide. */
async function countPending(
  deps: ReviewDeps,
  { review, customer }: ReviewContext,
): Promise<Map<string, number>> {
  const { assignedTo } = findReviewers(deps.table, customer, review, nowOf(deps))
  const pendingCount = new Map<string, number>()
  for await (const item of everyItem(deps.table, review)) {
    if (item.state !== 'open' || item.userType === 'main-customer') continue
    for (const userId of await assignedTo(item)) pendingCount.set(userId, (pendingCount.get(userId) ?? 0) + 1)
  }
  return pendingCount
}
