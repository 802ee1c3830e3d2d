import type { Review } from '../../../shared/reviews/model/review.ts'
import { prefixes, reviewPartition } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { itemSize } from '../../support/item-size.ts'

/** Bytes of a review's items as they are stored. */
export async function sizesOf(table: Table, review: Pick<Review, 'customerId' | 'id'>) {
  const partition = reviewPartition(review.customerId, review.id)
  const sizes: number[] = []
  for await (const item of table.queryAll({ partition, prefix: prefixes.items })) sizes.push(itemSize(item))
  sizes.sort((one, other) => one - other)
  return { median: sizes[Math.floor(sizes.length / 2)] ?? Number.NaN, largest: sizes.at(-1) ?? Number.NaN }
}
