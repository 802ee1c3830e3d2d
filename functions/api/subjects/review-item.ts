import type { ReviewItem } from '../../../shared/domain/review-item.ts'
import { parseItemId } from '../../../shared/domain/review-item.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { findReviewItems } from '../../../shared/table/reviews.ts'
import type { Call } from '../call.ts'
import { customerOf, parameter } from '../call.ts'
import { notFound } from '../refusal.ts'
import { presentItem } from '../representations/review-item.ts'
import { refusalToDecide, reviewingOf, seesOnlyOf, whyLocked } from '../reviewing.ts'
import type { Subject } from '../subject.ts'

type OfItem = Subject<ReviewItem, Versioned<ReviewItem>>

/** To look at: a reviewer without `review.manage` sees what it may be asked about. */
export const theItem: OfItem = {
  schema: 'reviewItem',
  name: 'review item',
  load: async (call) => {
    const [item] = await readItems(call, [parameter(call, 'i')])
    const reviewer = seesOnlyOf(call)
    const isSeen =
      item && (reviewer === undefined || (await reviewingOf(call).reviewers.isAssigned(reviewer, item)))
    if (!isSeen) throw notFound('review item')
    return item
  },
  show: (call, item) => presentItem(item, whyLocked(call)),
}

/** To decide on. */
export const theDecidedItem: OfItem = {
  ...theItem,
  load: async (call) => {
    const [item] = await readItems(call, [parameter(call, 'i')])
    if (!item) throw notFound('review item')
    const refused = await refusalToDecide(call, item)
    if (refused) throw refused
    return item
  },
}

/** Items of the review of the path, by the ids that the API calls them; `undefined` where there is none. */
export async function readItems(
  call: Call,
  ids: readonly string[],
): Promise<(Versioned<ReviewItem> | undefined)[]> {
  const { id: reviewId } = reviewingOf(call).review
  const customerId = customerOf(call).id
  const places = ids.map((id) => parseItemId(id))
  const known = places.filter((place) => place !== undefined)
  const found = await findReviewItems(
    call.deps.table,
    known.map((place) => ({ customerId, reviewId, ...place })),
  )
  return places.map((place) => (place ? found[known.indexOf(place)] : undefined))
}
