import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { close } from '../../../shared/reviews/model/lifecycle.ts'
import { type OutcomeName, outcomeName } from '../../../shared/reviews/model/review-item.ts'
import { lostByDefault } from '../../../shared/reviews/model/revocation-cap.ts'
import { withTaken } from '../../../shared/reviews/policy/allowance.ts'
import { everyItem, findCheckpoint } from '../../../shared/reviews/store.ts'
import { moveReview, scheduleNextRun } from '../../../shared/reviews/transition.ts'
import { retryDelay } from '../../../shared/runtime/backoff.ts'
import { messages } from '../items/alarm-messages.ts'
import { type BatchResult, beginVerifying } from '../items/checkpoint.ts'
import { actorOf, contextOf, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { applyItems } from './apply-items.ts'
import { reconcile } from './reconcile.ts'
import { verifyItems } from './verify-items.ts'

/** Runs with failures until the alarm: the pauses between them add up to more than twenty minutes. */
const stuckAfter = 9

/** Reconciles the items of an applying review, applies them, verifies them, and closes it. True if there may be more to do now. */
export async function advanceApplyingReview(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
): Promise<boolean> {
  const { review, schedule } = reviewContext
  // No trigger shortens the pause before a retry.
  if (schedule.due !== undefined && schedule.due > nowOf(deps)) return false
  if (!review.brake) return reconcile(deps, reviewContext)
  const checkpoint = await findCheckpoint(deps.table, review)
  if (checkpoint?.phase !== 'verifying') {
    const result = await applyItems(deps, reviewContext, review.brake)
    if (result.end !== 'done') return retryLater(deps, reviewContext, result)
    await beginVerifying(deps.table, reviewContext)
    return true
  }
  const result = await verifyItems(deps, reviewContext)
  if (result.end !== 'done') return retryLater(deps, reviewContext, result)
  await closeReview(deps, reviewContext)
  return true
}

/** Schedules the next run for items that failed; the review stays open for them. */
async function retryLater(
  deps: ReviewDeps,
  { schedule }: ReviewContext,
  result: BatchResult,
): Promise<false> {
  if (result.end !== 'left') return false
  const { customerId } = schedule
  const { count, failures } = result
  if (failures >= stuckAfter) deps.log('error', messages.stuck, { customerId, count, attempts: failures })
  const pause = retryDelay(failures - 1)
  await scheduleNextRun(deps.table, schedule, addMilliseconds(nowOf(deps), pause))
  return false
}

/**
 * Closes a review, with how many items had each outcome. The same transaction charges grants lost without a decision to the
 * customer's allowance: no other review can start before it, so none can miss them.
 */
export async function closeReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<void> {
  const { review, schedule } = reviewContext
  let taken = 0
  const outcomes: Partial<Record<OutcomeName, number>> = {}
  for await (const item of everyItem(deps.table, review)) {
    const name = outcomeName(item)
    if (lostByDefault(item)) taken++
    if (name) outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const context = contextOf(deps, actorOf(review))
  const charged = { ...schedule, taken: withTaken(schedule.taken ?? [], taken, context.now) }
  const closed = close(review, outcomes, context.now)
  await commit(deps.table, moveReview(context, { review, schedule: charged }, closed, 'review.closed').change)
}
