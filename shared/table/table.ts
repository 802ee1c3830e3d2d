import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item, Write } from './item.ts'
import type { Key } from './keys.ts'
import { type Page, type Position, type Query, queryInput } from './query.ts'
import { createReads } from './reads.ts'
import {
  type GreaterExistingValue,
  type GreaterValue,
  setExistingIfGreater,
  setIfGreater,
} from './single-write.ts'
import { putNew, transact } from './transact.ts'

/** Opens a Lambda's table by its name, with region and credentials of the runtime. */
export function connectTable(name: string, now: () => Date): Table {
  return openTable({
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(), documentOptions),
    name,
    now,
  })
}

/** Reads by key and by partition. */
export type TableReads = Pick<Table, 'get' | 'getMany' | 'queryPage' | 'queryAll'>

/** The reads that a decision needs. */
export type Reads = Pick<Table, 'getMany' | 'queryPage'>

/** The single table: strong reads, pages of Queries, and one way to change anything. */
export type Table = {
  readonly now: () => Date
  /** The same reads, eventually consistent: for half the read units, what was committed lately may be missing. */
  readonly eventual: TableReads
  get(key: Key): Promise<Item | undefined>
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>
  queryPage(query: Query): Promise<Page<Item>>
  /** Yields all items of a Query, page after page. */
  queryAll(query: Query): AsyncGenerator<Item>
  /** Counts the items of a Query, in at most `requests` requests. */
  count(query: Query, requests: number): Promise<{ count: number; isAll: boolean }>
  /** Writes all or nothing; throws the `onConflict` of the first write whose condition failed, or `stale`. */
  transact(writes: readonly Write[]): Promise<void>
  /** Writes one item that must not exist yet; returns false if it does. */
  putNew(item: Key & Record<string, unknown>): Promise<boolean>
  /** Sets one attribute of an item, which needn't exist, if the value is greater; returns false if it isn't. */
  setIfGreater(key: Key, to: GreaterValue): Promise<boolean>
  /**
   * Sets one attribute of an existing item if it is less than `below`, without a new version; returns false if
   * nothing was written.
   */
  setExistingIfGreater(key: Key, to: GreaterExistingValue): Promise<boolean>
}

type TableOptions = { documents: DynamoDBDocumentClient; name: string; now: () => Date }

/** Options that the document client needs for this table: `undefined` attributes are left out. */
export const documentOptions = { marshallOptions: { removeUndefinedValues: true } }

export function openTable({ documents, name, now }: TableOptions): Table {
  return {
    now,
    ...readsOf(documents, name, { consistent: true }),
    eventual: readsOf(documents, name, { consistent: false }),
    count: (query, requests) => countItems(documents, name, query, requests),
    transact: (writes) => transact(documents, name, writes, now),
    putNew: (item) => putNew(documents, name, item),
    setIfGreater: (key, to) => setIfGreater(documents, name, key, to),
    setExistingIfGreater: (key, to) => setExistingIfGreater(documents, name, key, to),
  }
}

function readsOf(
  documents: DynamoDBDocumentClient,
  name: string,
  { consistent }: { consistent: boolean },
): TableReads {
  const page = (query: Query) =>
    queryPage(documents, name, consistent || query.index ? query : { ...query, eventually: true })
  return {
    ...createReads(documents, name, { consistent }),
    queryPage: page,
    async *queryAll(query) {
      let after = query.after
      do {
        const { items, next } = await page({ ...query, after })
        yield* items
        after = next
      } while (after)
    },
  }
}

/** One request: a page of at most `limit` items or 1 MB. */
async function queryPage(
  documents: DynamoDBDocumentClient,
  table: string,
  query: Query,
): Promise<Page<Item>> {
  const answer = await documents.send(queryOf(table, query))
  return { items: (answer.Items ?? []) as Item[], next: answer.LastEvaluatedKey as Position | undefined }
}

/** Counts the items, 1 MB a request; `isAll` is false if that takes more than `requests`. */
async function countItems(
  documents: DynamoDBDocumentClient,
  table: string,
  query: Query,
  requests: number,
): Promise<{ count: number; isAll: boolean }> {
  let count = 0
  let after: Position | undefined
  for (let request = 1; request <= requests; request++) {
    const { input } = queryOf(table, { ...query, after })
    const answer = await documents.send(new QueryCommand({ ...input, Select: 'COUNT' }))
    count += answer.Count ?? 0
    after = answer.LastEvaluatedKey as Position | undefined
    if (!after) return { count, isAll: true }
  }
  return { count, isAll: false }
}

function queryOf(table: string, query: Query): QueryCommand {
  const { values, after, ...input } = queryInput(table, query)
  return new QueryCommand({
    ...input,
    ExpressionAttributeValues: values,
    ...(after && { ExclusiveStartKey: after }),
  })
}
