import { planned } from '../../shared/directory/context.ts'
import { itemChange } from '../../shared/directory/review-audit-views.ts'
import type { ReviewItem } from '../../shared/domain/review-item.ts'
import type { Review } from '../../shared/domain/review.ts'
import { commit } from '../../shared/table/commit.ts'
import type { Versioned, Write } from '../../shared/table/item.ts'
import { itemRecord } from '../../shared/table/reviews.ts'
import { actorOf, contextOf, type ReviewDeps } from './deps.ts'

export type ItemPut = { before?: Versioned<ReviewItem> | undefined; after: ReviewItem }

/** Items that one transaction takes with what may go with each, and whose event fits an item, however long the reasons. */
export const itemsAtOnce = 25

/** Up to `itemsAtOnce` items as they will be, in one transaction with one event; stale if any isn't as it was. */
export async function putItems(
  deps: ReviewDeps,
  { customerId, id }: Pick<Review, 'customerId' | 'id'>,
  eventType: string,
  puts: readonly ItemPut[],
  besides: readonly Write[] = [],
): Promise<void> {
  if (puts.length === 0) return
  const writes: Write[] = [
    ...besides,
    ...puts.map(({ before, after }) => ({ put: itemRecord(after), was: before?.version })),
  ]
  const context = contextOf(deps, actorOf({ id }))
  const { change } = planned(context, customerId, eventType, writes, puts.map(itemChange), undefined)
  await commit(deps.table, change)
}

/** As `putItems`, for any number: in as many transactions as it takes. */
export async function putMany(
  deps: ReviewDeps,
  review: Pick<Review, 'customerId' | 'id'>,
  eventType: string,
  puts: readonly ItemPut[],
  besides: (put: ItemPut) => readonly Write[] = () => [],
): Promise<void> {
  for (let place = 0; place < puts.length; place += itemsAtOnce) {
    const batch = puts.slice(place, place + itemsAtOnce)
    await putItems(deps, review, eventType, batch, batch.flatMap(besides))
  }
}
