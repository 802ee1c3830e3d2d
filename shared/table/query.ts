import { type Index, keyAttributes } from './schema.ts'

/**
 * Trims a page that was read with `limit + 1`, so that the last page is recognised as the last. The next page begins
 * at `positionOf` the last item.
 */
export function trimPage<T>(
  { items, next }: Page<T>,
  limit: number,
  positionOf: (last: T) => Position,
): Page<T> {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown, next: items.length > limit && last !== undefined ? positionOf(last) : next }
}

export type PageRequest = { limit: number; after?: Position | undefined }

/** Reads until the page is full, at most `rounds` times: deleted and filtered items leave single reads short. */
export async function fillPage<T>(
  { limit, after }: PageRequest,
  rounds: number,
  read: (part: PageRequest) => Promise<Page<T>>,
  positionOf: (last: T) => Position,
): Promise<Page<T>> {
  const found: T[] = []
  let next = after
  for (let round = 0; round < rounds && found.length <= limit; round++) {
    const page = await read({ limit: limit + 1 - found.length, after: next })
    found.push(...page.items)
    next = page.next
    if (!next) break
  }
  return trimPage({ items: found, next }, limit, positionOf)
}

/**
 * Reads until the page is full, at most `rounds` times, and leaves out items that don't fit. With a filter each round reads
 * `pageSize` items; without one, no more than the page has room for.
 */
export function fillFilteredPage<T>(
  page: PageRequest,
  { rounds, pageSize, fits }: { rounds: number; pageSize: number; fits: ((item: T) => boolean) | undefined },
  read: (part: PageRequest) => Promise<Page<T>>,
  positionOf: (last: T) => Position,
): Promise<Page<T>> {
  const readPart = async ({ limit, after }: PageRequest) => {
    const { items, next } = await read({ limit: fits ? pageSize : limit, after })
    return { items: fits ? items.filter(fits) : items, next }
  }
  return fillPage(page, rounds, readPart, positionOf)
}

export type Position = Record<string, string>

export type Query = {
  partition: string
  /** Absent: the table itself is queried, strongly consistent. An index is eventually consistent. */
  index?: Index
  /** Allows an eventually consistent read of the table, for half the read units. */
  eventually?: true
  prefix?: string
  /** Sort keys from this one on, itself included; not greater than `upTo`, and not together with `prefix`. */
  from?: string | undefined
  /** Sort keys up to this one, itself included. */
  upTo?: string
  newestFirst?: boolean
  /** Items read, not items returned: DynamoDB filters afterwards. */
  limit?: number
  after?: Position | undefined
  /** Only items with this attribute, or with it equal to the value. */
  only?: { attribute: string; equals?: string }
}

export type Page<T> = { items: T[]; next?: Position | undefined }

/** Yields the items of all pages, each read when the one before is used up. */
export async function* allPages<T>(
  read: (after: Position | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let after: Position | undefined
  do {
    const { items, next } = await read(after)
    yield* items
    after = next
  } while (after)
}

/** A Query as DynamoDB takes it, but for the types of `values` and of the position `after` which it begins. */
export function queryInput(table: string, query: Query) {
  const { partition: partitionName, sort: sortName } = query.index ?? keyAttributes
  const names: Record<string, string> = { '#partition': partitionName }
  const values: Record<string, string> = { ':partition': query.partition }
  let condition = '#partition = :partition'
  if ((query.prefix ?? query.from ?? query.upTo) !== undefined) names['#sort'] = sortName
  if (query.prefix !== undefined) {
    condition += ' AND begins_with(#sort, :prefix)'
    values[':prefix'] = query.prefix
  }
  // DynamoDB accepts one condition on the sort key.
  if (query.from !== undefined) {
    condition += query.upTo === undefined ? ' AND #sort >= :from' : ' AND #sort BETWEEN :from AND :upTo'
    values[':from'] = query.from
  }
  if (query.upTo !== undefined) {
    if (query.from === undefined) condition += ' AND #sort <= :upTo'
    values[':upTo'] = query.upTo
  }
  if (query.only) names['#only'] = query.only.attribute
  if (query.only?.equals !== undefined) values[':only'] = query.only.equals
  return {
    TableName: table,
    KeyConditionExpression: condition,
    ExpressionAttributeNames: names,
    values,
    after: query.after,
    ...(query.only && {
      FilterExpression: query.only.equals === undefined ? 'attribute_exists(#only)' : '#only = :only',
    }),
    ...(query.index ? { IndexName: query.index.name } : { ConsistentRead: !query.eventually }),
    ...(query.limit !== undefined && { Limit: query.limit }),
    ScanIndexForward: !query.newestFirst,
  }
}
