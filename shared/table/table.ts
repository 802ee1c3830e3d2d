import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Item, Write } from './item.ts'
import type { Key } from './keys.ts'
import { countItems, type Page, type Query, queryPage } from './query.ts'
import { createReads } from './reads.ts'
import {
  type GreaterExistingValue,
  type GreaterValue,
  setExistingIfGreater,
  setIfGreater,
} from './single-write.ts'
import { putNew, transact } from './transact.ts'

/** The table of a Lambda, by its name; region and credentials are the runtime's. */
export function connectTable(name: string, now: () => Date): Table {
  return openTable({
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(), documentOptions),
    name,
    now,
  })
}

/** The single table: strong reads, pages of Queries, and one way to change anything. */
export type Table = {
  readonly now: () => Date
  get(key: Key): Promise<Item | undefined>
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>
  queryPage(query: Query): Promise<Page<Item>>
  /** All items of a Query, page after page, as they come. */
  queryAll(query: Query): AsyncGenerator<Item>
  /** How many items a Query finds, in at most so many requests. */
  count(query: Query, requests: number): Promise<{ count: number; isAll: boolean }>
  /** All or nothing; throws the refusal of the first write whose condition failed. */
  transact(writes: readonly Write[]): Promise<void>
  /** Writes one item that must not exist yet; false if it does. */
  putNew(item: Key & Record<string, unknown>): Promise<boolean>
  /** Raises one attribute of an item, which needn't be there; false if it is as great already. */
  raise(key: Key, to: GreaterValue): Promise<boolean>
  /** Raises one attribute of an item that has to be there, whose version stays; false if it isn't, or not below. */
  raiseExisting(key: Key, to: GreaterExistingValue): Promise<boolean>
}

export type TableOptions = { documents: DynamoDBDocumentClient; name: string; now: () => Date }

/** How a document client has to be made for this table: absent stays absent. */
export const documentOptions = { marshallOptions: { removeUndefinedValues: true } }

export function openTable({ documents, name, now }: TableOptions): Table {
  const page = (query: Query) => queryPage(documents, name, query)
  return {
    now,
    ...createReads(documents, name),
    queryPage: page,
    async *queryAll(query) {
      let after = query.after
      do {
        const { items, next } = await page({ ...query, after })
        yield* items
        after = next
      } while (after)
    },
    count: (query, requests) => countItems(documents, name, query, requests),
    transact: (writes) => transact(documents, name, writes, now),
    putNew: (item) => putNew(documents, name, item),
    raise: (key, to) => setIfGreater(documents, name, key, to),
    raiseExisting: (key, to) => setExistingIfGreater(documents, name, key, to),
  }
}
