import { BatchWriteCommand, paginateScan } from '@aws-sdk/lib-dynamodb'
import type { Item } from '../../shared/table/item.ts'
import type { TestEngine } from './engine.ts'

/** Everything that is in a table. */
export async function itemsIn({ documents }: Pick<TestEngine, 'documents'>, table: string): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of paginateScan({ client: documents }, { TableName: table, ConsistentRead: true })) {
    items.push(...((page.Items ?? []) as Item[]))
  }
  return items
}

/** A table of its own with the same in it; returns its name. */
export async function tableWith(engine: TestEngine, items: readonly Item[]): Promise<string> {
  const name = await engine.createTable()
  for (let place = 0; place < items.length; place += 25) {
    const batch = items.slice(place, place + 25).map((Item) => ({ PutRequest: { Item } }))
    await engine.documents.send(new BatchWriteCommand({ RequestItems: { [name]: batch } }))
  }
  return name
}
