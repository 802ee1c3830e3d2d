import type { Versioned } from '../table/item.ts'
import { fillPage, type Page, type PageRequest } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import type { ItemState, ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { itemKey, listItems } from './store.ts'

type ItemQuery = {
  /** `heldBack`: items that the cap has kept. */
  state?: ItemState | 'heldBack' | undefined
  /** A further filter, which may read from the table. */
  matches?: ((item: ReviewItem) => Promise<boolean>) | undefined
}

const filteredPage = 200
const mostRequests = 6

/**
 * Finds a review's items, by user and resource. A filter by state looks at 1,200 items at most, in six requests; `matches` at
 * 200, in one.
 */
export function findItems(
  table: Table,
  review: Pick<Review, 'customerId' | 'id'>,
  { state, matches }: ItemQuery,
  page: PageRequest,
): Promise<Page<Versioned<ReviewItem>>> {
  const isFiltered = state !== undefined || matches !== undefined
  const read = async ({ limit, after }: PageRequest) => {
    const { items, next } = await listItems(table, review, {
      limit: isFiltered ? filteredPage : limit,
      after,
    })
    const inState = items.filter((item) => isIn(item, state))
    if (!matches) return { items: inState, next }
    const isMatch = await Promise.all(inState.map(matches))
    return { items: inState.filter((_item, place) => isMatch[place]), next }
  }
  return fillPage(page, matches ? 1 : mostRequests, read, itemKey)
}

function isIn(item: ReviewItem, state: ItemQuery['state']): boolean {
  if (state === undefined) return true
  return state === 'heldBack' ? item.outcome?.heldBack !== undefined : item.state === state
}
