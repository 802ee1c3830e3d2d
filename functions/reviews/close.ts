import { moveReview } from '../../shared/directory/move-review.ts'
import type { Review } from '../../shared/domain/review.ts'
import { outcomeName } from '../../shared/domain/review-item.ts'
import { commit } from '../../shared/table/commit.ts'
import { everyItem } from '../../shared/table/reviews.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { actorOf, contextOf } from './deps.ts'

/** Ends a review of which nothing is left to do, with how many items had each outcome. */
export async function closeReview(deps: ReviewDeps, atHand: AtHand): Promise<void> {
  const { review } = atHand
  const outcomes: Record<string, number> = {}
  for await (const item of everyItem(deps.table, review)) {
    const name = outcomeName(item)
    if (name) outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const context = contextOf(deps, actorOf(review))
  const closed: Review = { ...review, state: 'closed', closedAt: context.now, outcomes }
  await commit(deps.table, moveReview(context, atHand, closed, 'review.closed').change)
}
