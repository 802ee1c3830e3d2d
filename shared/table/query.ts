import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from './item.ts'
import { type Index, keyAttributes } from './schema.ts'

/**
 * A page of at most `limit` items out of one that was read with `limit + 1`, so that the last page knows that it is the
 * last. `positionOf` is where the next one goes on.
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

/** Reads on until the page is full, `rounds` times at most: what is deleted or doesn't fit makes single ones short. */
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

export type Position = Record<string, string>

export type Query = {
  partition: string
  /** Without one the table itself is asked, strongly; an index is only eventually consistent. */
  index?: Index
  /** The table too may answer as it was a moment ago, for half the read units. */
  eventually?: true
  prefix?: string
  /** Sort keys from this one on, itself included; not greater than `upTo`, and not together with `prefix`. */
  from?: string | undefined
  /** Sort keys up to this one, itself included. */
  upTo?: string
  newestFirst?: boolean
  /** Items looked at, not items returned: a filter comes after it. */
  limit?: number
  after?: Position | undefined
  /** Only items with this attribute, or with it equal to the value. */
  only?: { attribute: string; equals?: string }
}

export type Page<T> = { items: T[]; next?: Position | undefined }

/** One request: a page of at most `limit` items or 1 MB. */
export async function queryPage(
  documents: DynamoDBDocumentClient,
  table: string,
  query: Query,
): Promise<Page<Item>> {
  const answer = await documents.send(commandOf(table, query))
  return { items: (answer.Items ?? []) as Item[], next: answer.LastEvaluatedKey as Position | undefined }
}

/** What is on all pages, each read when it is come to. */
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

/** How many items there are; a page of 1 MB a request, and not all if it takes more than `requests`. */
export async function countItems(
  documents: DynamoDBDocumentClient,
  table: string,
  query: Query,
  requests: number,
): Promise<{ count: number; isAll: boolean }> {
  let count = 0
  let after: Position | undefined
  for (let request = 1; request <= requests; request++) {
    const { input } = commandOf(table, { ...query, after })
    const answer = await documents.send(new QueryCommand({ ...input, Select: 'COUNT' }))
    count += answer.Count ?? 0
    after = answer.LastEvaluatedKey as Position | undefined
    if (!after) return { count, isAll: true }
  }
  return { count, isAll: false }
}

function commandOf(table: string, query: Query): QueryCommand {
  const { partition: partitionName, sort: sortName } = query.index ?? keyAttributes
  const names: Record<string, string> = { '#partition': partitionName }
  const values: Record<string, string> = { ':partition': query.partition }
  let condition = '#partition = :partition'
  if ((query.prefix ?? query.from ?? query.upTo) !== undefined) names['#sort'] = sortName
  if (query.prefix !== undefined) {
    condition += ' AND begins_with(#sort, :prefix)'
    values[':prefix'] = query.prefix
  }
  // DynamoDB takes one condition on the sort key.
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
  return new QueryCommand({
    TableName: table,
    KeyConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ...(query.only && {
      FilterExpression: query.only.equals === undefined ? 'attribute_exists(#only)' : '#only = :only',
    }),
    ...(query.index ? { IndexName: query.index.name } : { ConsistentRead: !query.eventually }),
    ...(query.limit !== undefined && { Limit: query.limit }),
    ...(query.after && { ExclusiveStartKey: query.after }),
    ScanIndexForward: !query.newestFirst,
  })
}
