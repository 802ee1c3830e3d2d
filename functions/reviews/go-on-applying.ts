import { addMilliseconds } from '../../shared/domain/instant.ts'
import { findProgress } from '../../shared/table/reviews.ts'
import { applyItems } from './apply.ts'
import { closeReview } from './close.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { nowOf } from './deps.ts'
import { lookAt } from './look-at.ts'
import { messages } from './messages.ts'
import { keepProgress } from './progress.ts'
import { reconcile } from './reconcile.ts'
import { verifyItems } from './verify.ts'
import type { WalkEnd } from './walk-items.ts'

/** Milliseconds until what is left is tried again: twice as long each time. */
const firstPause = 5_000
const longestPause = 3_600_000
/** Attempts after which somebody has to look at it: the pauses between them come to more than twenty minutes. */
const stuckAfter = 9

/** What is left of applying a review: it's settled, applied, verified and closed. True if there may be more to do now. */
export async function goOnApplying(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const { review, calendar } = atHand
  // Whoever else wakes it, what was left is tried again after its pause.
  if (calendar.due !== undefined && calendar.due > nowOf(deps)) return false
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
    await lookAt(deps.table, calendar, addMilliseconds(nowOf(deps), pause))
  }
  return false
}
