import { changePlan } from '../../../shared/directory/change/change-plan.ts'
import { dateOf, type Instant } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { itemChange } from '../../../shared/reviews/audit-views.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { itemRecord } from '../../../shared/reviews/store.ts'
import { type Versioned, versionOf, type Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { ttlAttribute } from '../../../shared/table/schema.ts'
import { usageTtl } from '../../../shared/usage/usage-store.ts'
import { actorOf, contextOf, type ReviewDeps } from './deps.ts'

export type ItemPut = { before?: Versioned<ReviewItem> | undefined; after: ReviewItem }
type ItemEventType = 'review.items-changed' | 'review.applied' | 'review.verified'

/** Items that fit into one transaction with the writes beside them, and into one event however long the reasons. */
export const itemsAtOnce = 25

/** Writes up to `itemsAtOnce` items in one transaction with one event; stale if any has changed since it was read. */
export async function putItems(
  deps: ReviewDeps,
  { customerId, id }: Pick<Review, 'customerId' | 'id'>,
  eventType: ItemEventType,
  puts: readonly ItemPut[],
  otherWrites: readonly Write[] = [],
): Promise<void> {
  if (puts.length === 0) return
  const writes: Write[] = [
    ...otherWrites,
    ...puts.map(({ before, after }) => ({ put: itemRecord(after), expectedVersion: versionOf(before) })),
  ]
  const context = contextOf(deps, actorOf({ id }))
  const { change } = changePlan(context, {
    customerId,
    eventType,
    writes,
    changes: puts.map(itemChange),
    after: undefined,
  })
  await commit(deps.table, change)
}

/** `putItems` for any number of items, in as many transactions as it takes. */
export async function putMany(
  deps: ReviewDeps,
  review: Pick<Review, 'customerId' | 'id'>,
  eventType: ItemEventType,
  puts: readonly ItemPut[],
  otherWrites: (put: ItemPut) => readonly Write[] = () => [],
): Promise<void> {
  for (let place = 0; place < puts.length; place += itemsAtOnce) {
    const batch = puts.slice(place, place + itemsAtOnce)
    await putItems(deps, review, eventType, batch, batch.flatMap(otherWrites))
  }
}

/** Records, beside the usage of a grant that stays, when it was reviewed: the next review shows it. */
export function recordLastReview(item: ReviewItem, now: Instant): Write[] {
  const { customerId, userId, resource, reviewId, state, outcome } = item
  if (state !== 'verified' || !outcome || outcome.decision === 'revoke' || outcome.by === 'changed') return []
  const update = keys.usage(customerId, userId, resource.kind, resource.id)
  const set = { reviewedAt: now, reviewedIn: reviewId, [ttlAttribute]: usageTtl(dateOf(now)) }
  return [{ update, with: { set } }]
}
