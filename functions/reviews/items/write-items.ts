import { changePlan } from '../../../shared/directory/change/change-plan.ts'
import type { AuditEventType } from '../../../shared/domain/values/audit-event.ts'
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

/** Items that one transaction takes with what may go with each, and whose event fits an item, however long the reasons. */
export const itemsAtOnce = 25

/** Up to `itemsAtOnce` items as they will be, in one transaction with one event; stale if any isn't as it was. */
export async function putItems(
  deps: ReviewDeps,
  { customerId, id }: Pick<Review, 'customerId' | 'id'>,
  eventType: AuditEventType,
  puts: readonly ItemPut[],
  besides: readonly Write[] = [],
): Promise<void> {
  if (puts.length === 0) return
  const writes: Write[] = [
    ...besides,
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

/** As `putItems`, for any number: in as many transactions as it takes. */
export async function putMany(
  deps: ReviewDeps,
  review: Pick<Review, 'customerId' | 'id'>,
  eventType: AuditEventType,
  puts: readonly ItemPut[],
  besides: (put: ItemPut) => readonly Write[] = () => [],
): Promise<void> {
  for (let place = 0; place < puts.length; place += itemsAtOnce) {
    const batch = puts.slice(place, place + itemsAtOnce)
    await putItems(deps, review, eventType, batch, batch.flatMap(besides))
  }
}

/** Beside the last use of a grant that is left: when it was reviewed, for the next review to tell. */
export function recordLastReview(item: ReviewItem, now: Instant): Write[] {
  const { customerId, userId, resource, reviewId, state, outcome } = item
  if (state !== 'verified' || !outcome || outcome.decision === 'revoke' || outcome.by === 'changed') return []
  const touch = keys.usage(customerId, userId, resource.kind, resource.id)
  const set = { reviewedAt: now, reviewedIn: reviewId, [ttlAttribute]: usageTtl(dateOf(now)) }
  return [{ touch, with: { set } }]
}
