import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { itemsFor } from '../../../shared/reviews/model/item-candidates.ts'
import { open } from '../../../shared/reviews/model/lifecycle.ts'
import { itemRecord } from '../../../shared/reviews/store.ts'
import { moveReview } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { forEachUserPage } from '../items/checkpoint.ts'
import { clock, contextOf, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { readResources, readReviewSubject } from '../items/read-entitlements.ts'
import { syncChangesSince } from '../items/sync-users.ts'

/** Milliseconds between the time of a Change and its commit, at most. */
const longestRequest = 60_000
/** Items of one user written at the same time: a review is one partition, which takes a thousand writes a second. */
const itemsAtOnce = 4

/**
 * Makes an item of every grant in scope, with one Query a user and one write unit an item; items from before a crash are
 * kept. Then syncs the users changed meanwhile, whose grants may have changed between their reading and their item. False: time
 * is up, and the review is still opening.
 */
export async function openReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { table } = deps
  const { review, schedule, customer } = reviewContext
  const resources = await readResources(table, customer)
  const run = { review, since: schedule.since, now: nowOf(deps) }
  const count = await forEachUserPage(deps, reviewContext, 'opening', async (userId) => {
    const subject = await readReviewSubject(table, customer.id, userId)
    if (!subject) return 0
    const inScope = itemsFor(subject, resources, run).filter(({ isInScope }) => isInScope)
    await mapConcurrent(inScope, itemsAtOnce, ({ item }) => table.putNew(itemRecord(item)))
    return inScope.length
  })
  if (count === undefined) return false
  await syncChangesSince(deps, customer.id, addMilliseconds(review.startedAt, -longestRequest))
  const context = contextOf(deps, clock)
  const opened = open(review, count, context.now)
  await commit(table, moveReview(context, reviewContext, opened, 'review.opened').change)
  return true
}
