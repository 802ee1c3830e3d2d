import type { Versioned } from '../table/item.ts'
import { fillPage, type Page, type PageRequest } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import type { ItemState, ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { itemKey, listItems } from './store.ts'

export type ItemQuery = {
  /** `heldBack`: what the brake has kept. */
  state?: ItemState | 'heldBack' | undefined
  /** Which of them are asked for besides; may itself read what the items name. */
  isMeant?: ((item: ReviewItem) => Promise<boolean>) | undefined
}

const filteredPage = 200
const rounds = 6

/**
 * A review's items, by user and resource. With a state six requests look at 1,200 at most; with `isMeant` one looks at 200.
 */
export function findItems(
  table: Table,
  review: Pick<Review, 'customerId' | 'id'>,
  { state, isMeant }: ItemQuery,
  page: PageRequest,
): Promise<Page<Versioned<ReviewItem>>> {
  const isFiltered = state !== undefined || isMeant !== undefined
  const read = async ({ limit, after }: PageRequest) => {
    const { items, next } = await listItems(table, review, {
      limit: isFiltered ? filteredPage : limit,
      after,
    })
    const fitting = items.filter((item) => fits(item, state))
    if (!isMeant) return { items: fitting, next }
    const meant = await Promise.all(fitting.map(isMeant))
    return { items: fitting.filter((_item, place) => meant[place]), next }
  }
  return fillPage(page, isMeant ? 1 : rounds, read, itemKey)
}

function fits(item: ReviewItem, state: ItemQuery['state']): boolean {
  if (state === undefined) return true
  return state === 'heldBack' ? item.outcome?.heldBack !== undefined : item.state === state
}
