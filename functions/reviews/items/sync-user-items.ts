import type { Resources } from '../../../shared/domain/access/entitlements.ts'
import { decisionsEndedAt } from '../../../shared/reviews/model/deadline.ts'
import { itemsFor } from '../../../shared/reviews/model/item-candidates.ts'
import { refreshItems } from '../../../shared/reviews/model/refresh-items.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { everyItem } from '../../../shared/reviews/store.ts'
import type { Versioned, Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { type ReviewContext, nowOf, type ReviewDeps } from './deps.ts'
import { readResources, readReviewed } from './read-entitlements.ts'
import { itemsAtOnce, putItems } from './write-items.ts'

/** Where something changes at every look, its own triggers lead to the next one. */
const mostAttempts = 10

/**
 * Makes a user's items agree with what the user holds now, as long as the review is as it was read: each batch is one
 * transaction with its event. After a write it looks once more: what was said of the user before the write may not have
 * been seen, and who was told of it may have looked before there was an item. Returns how many grants the user holds.
 */
export async function syncUserItems(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  known: Resources,
  userId: string,
): Promise<number> {
  let resources = known
  for (let look = 1; ; look++) {
    const { held, changed } = await syncOnce(deps, reviewContext, resources, userId)
    if (changed === 0 || look === mostAttempts) return held
    resources = await readResources(deps.table, reviewContext.customer)
  }
}

async function syncOnce(
  deps: ReviewDeps,
  { review, schedule, customer }: ReviewContext,
  resources: Resources,
  userId: string,
): Promise<{ held: number; changed: number }> {
  const { table } = deps
  const { customerId } = review
  const items: Versioned<ReviewItem>[] = []
  // The items first: one that is made of an older look at the user is among them, or fails at its condition.
  for await (const item of everyItem(table, review, userId)) items.push(item)
  const reviewed = await readReviewed(table, customerId, userId)
  const now = nowOf(deps)
  const reviewing = { review, since: schedule.since, now }
  const found = reviewed ? itemsFor(reviewed, resources, reviewing) : []
  const refreshed = refreshItems(found, items, decisionsEndedAt(review, customer, now))
  const isAsRead: Write = { check: keys.review(customerId, review.id), expectedVersion: review.version }
  for (let place = 0; place < refreshed.length; place += itemsAtOnce) {
    const batch = refreshed.slice(place, place + itemsAtOnce)
    await putItems(deps, review, 'review.items-changed', batch, [isAsRead])
  }
  return { held: found.length, changed: refreshed.length }
}
