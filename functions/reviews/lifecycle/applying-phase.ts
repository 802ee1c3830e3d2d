import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { outcomeName } from '../../../shared/reviews/model/review-item.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { losesByDefault } from '../../../shared/reviews/model/revocation-cap.ts'
import { withTaken } from '../../../shared/reviews/policy/allowance.ts'
import { everyItem, findCheckpoint } from '../../../shared/reviews/store.ts'
import { scheduleNextRun, moveReview } from '../../../shared/reviews/transition.ts'
import { versionOf } from '../../../shared/table/item.ts'
import { messages } from '../items/alarm-messages.ts'
import { saveCheckpoint, type BatchResult } from '../items/checkpoint.ts'
import { actorOf, type ReviewContext, contextOf, nowOf, type ReviewDeps } from '../items/deps.ts'
import { applyItems } from './apply-items.ts'
import { reconcile } from './reconcile.ts'
import { verifyItems } from './verify-items.ts'

/**
 * Ends a review of which nothing is left to do, with how many items had each outcome. What it took without a decision counts
 * against the customer's next reviews from this transaction on: no other could begin before, and all of it was taken by now.
 */
export async function closeReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<void> {
  const { review, schedule } = reviewContext
  let taken = 0
  const outcomes: Record<string, number> = {}
  for await (const item of everyItem(deps.table, review)) {
    const name = outcomeName(item)
    if (losesByDefault(item)) taken++
    if (name) outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const context = contextOf(deps, actorOf(review))
  const closed: Review = { ...review, state: 'closed', closedAt: context.now, outcomes }
  const charged = { ...schedule, taken: withTaken(schedule.taken ?? [], taken, context.now) }
  await commit(deps.table, moveReview(context, { review, schedule: charged }, closed, 'review.closed').change)
}

/** Milliseconds until what is left is tried again: twice as long each time. */
const firstPause = 5_000
const longestPause = 3_600_000
/** Attempts after which somebody has to look at it: the pauses between them come to more than twenty minutes. */
const stuckAfter = 9

/** What is left of applying a review: it's settled, applied, verified and closed. True if there may be more to do now. */
export async function advanceApplyingReview(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
): Promise<boolean> {
  const { review, schedule } = reviewContext
  // Whoever else wakes it, what was left is tried again after its pause.
  if (schedule.due !== undefined && schedule.due > nowOf(deps)) return false
  if (!review.brake) return reconcile(deps, reviewContext)
  const checkpoint = await findCheckpoint(deps.table, review)
  if (checkpoint?.phase !== 'verifying') {
    const walk = await applyItems(deps, reviewContext, review.brake)
    if (walk.end !== 'done') return waitFor(deps, reviewContext, walk)
    const { customerId, id: reviewId } = review
    const begun = { customerId, reviewId, phase: 'verifying', items: 0, failures: 0 } as const
    await saveCheckpoint(deps.table, begun, versionOf(await findCheckpoint(deps.table, review)))
    return true
  }
  const walk = await verifyItems(deps, reviewContext)
  if (walk.end !== 'done') return waitFor(deps, reviewContext, walk)
  await closeReview(deps, reviewContext)
  return true
}

/** The review doesn't close over what is left: that is tried again after a while. */
async function waitFor(deps: ReviewDeps, { schedule }: ReviewContext, walk: BatchResult): Promise<false> {
  if (walk.end === 'left') {
    const { customerId } = schedule
    if (walk.failures >= stuckAfter) {
      deps.log('error', messages.stuck, { customerId, count: walk.count, attempts: walk.failures })
    }
    const pause = Math.min(longestPause, firstPause * 2 ** (walk.failures - 1))
    await scheduleNextRun(deps.table, schedule, addMilliseconds(nowOf(deps), pause))
  }
  return false
}
