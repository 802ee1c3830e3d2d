import { moveReview } from '../../shared/directory/move-review.ts'
import { withTaken } from '../../shared/domain/allowance.ts'
import type { Review } from '../../shared/domain/review.ts'
import { outcomeName } from '../../shared/domain/review-item.ts'
import { isTakenByDefault } from '../../shared/domain/settle.ts'
import { commit } from '../../shared/table/commit.ts'
import { everyItem } from '../../shared/table/reviews.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { actorOf, contextOf } from './deps.ts'

/**
 * Ends a review of which nothing is left to do, with how many items had each outcome. What it took without a decision counts
 * against the customer's next reviews from this transaction on: no other could begin before, and all of it was taken by now.
 */
export async function closeReview(deps: ReviewDeps, atHand: AtHand): Promise<void> {
  const { review, calendar } = atHand
  let taken = 0
  const outcomes: Record<string, number> = {}
  for await (const item of everyItem(deps.table, review)) {
    const name = outcomeName(item)
    if (isTakenByDefault(item)) taken++
    if (name) outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const context = contextOf(deps, actorOf(review))
  const closed: Review = { ...review, state: 'closed', closedAt: context.now, outcomes }
  const charged = { ...calendar, taken: withTaken(calendar.taken ?? [], taken, context.now) }
  await commit(deps.table, moveReview(context, { review, calendar: charged }, closed, 'review.closed').change)
}
