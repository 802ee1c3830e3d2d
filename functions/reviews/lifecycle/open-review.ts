import { addDays, addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { itemsFor } from '../../../shared/reviews/model/item-candidates.ts'
import { itemRecord } from '../../../shared/reviews/store.ts'
import { moveReview } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { forEachUserPage } from '../items/checkpoint.ts'
import { type ReviewContext, clock, contextOf, nowOf, type ReviewDeps } from '../items/deps.ts'
import { readResources, readReviewed } from '../items/read-entitlements.ts'
import { syncChangesSince } from '../items/sync-changed-users.ts'

/** Milliseconds that a Change may take from its time to its commit. */
const longestRequest = 60_000
/** Items of one user written at the same time: a review's are one partition, which takes a thousand writes a second. */
const atOnce = 4

/**
 * Makes an item of every grant in the scope: one Query of each user's collection, one write unit for each item. What was
 * made before a crash is there already. Whom something was said of meanwhile is looked at once more, for a grant may have
 * changed between its reading and its item. False if it isn't done in time.
 */
export async function openReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { table } = deps
  const { review, schedule, customer } = reviewContext
  const resources = await readResources(table, customer)
  const reviewing = { review, since: schedule.since, now: nowOf(deps) }
  const items = await forEachUserPage(deps, reviewContext, 'opening', async (userId) => {
    const reviewed = await readReviewed(table, customer.id, userId)
    if (!reviewed) return 0
    const inScope = itemsFor(reviewed, resources, reviewing).filter(({ isInScope }) => isInScope)
    await mapConcurrent(inScope, atOnce, ({ item }) => table.putNew(itemRecord(item)))
    return inScope.length
  })
  if (items === undefined) return false
  await syncChangesSince(deps, customer.id, addMilliseconds(review.startedAt, -longestRequest))
  const context = contextOf(deps, clock)
  const openedAt = context.now
  const endsAt = addDays(openedAt, review.policy.days)
  const opened = { ...review, state: 'open' as const, items, openedAt, endsAt }
  await commit(table, moveReview(context, reviewContext, opened, 'review.opened').change)
  return true
}
