import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { BatchGetCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import type { Item } from '../../../../shared/table/item.ts'
import { type Key, keyText } from '../../../../shared/table/keys.ts'

type Attributes = Record<string, AttributeValue> | undefined
type Written = { Item?: Attributes; Key?: Attributes }
type Part = {
  Get?: unknown
  Put?: Written | undefined
  Update?: Written | undefined
  Delete?: Written | undefined
}
/** What the inputs of writing commands have that matters here. */
type WriteInput = Written & { TransactItems?: Part[] | undefined }

/** An item before and after: absent where there was or is none. */
export type Difference = { key: Key; before: Item | undefined; after: Item | undefined }

/**
 * Everything that is in the table. Reading all of it after every command would take most of the test's time, so only
 * what the service wrote is read again; `readAll` tells now and then that nothing else has changed.
 */
export class Contents {
  items = new Map<string, Item>()
  readonly #documents: DynamoDBDocumentClient
  readonly #table: string
  #written = new Map<string, Key>()
  /** Writes sent so far, whatever became of them. */
  writes = 0

  constructor(documents: DynamoDBDocumentClient, table: string) {
    this.#documents = documents
    this.#table = table
    documents.middlewareStack.add(
      (next) => (args) => {
        const { input } = args
        if ('TransactItems' in input || 'Item' in input || 'UpdateExpression' in input) this.#note(input)
        return next(args)
      },
      { step: 'build' },
    )
  }

  #note({ TransactItems, ...alone }: WriteInput): void {
    this.writes++
    const parts = TransactItems?.map(({ Put, Update, Delete }) => Put ?? Update ?? Delete) ?? [alone]
    for (const part of parts.filter((each) => each !== undefined)) {
      const { pk, sk } = part.Item ?? part.Key ?? {}
      const key = { pk: pk?.S ?? '', sk: sk?.S ?? '' }
      this.#written.set(keyText(key), key)
    }
  }

  /** What may have changed since the last time: an item that came and went again, or was never written, is absent both times. */
  async readWritten(): Promise<Difference[]> {
    const keys = [...this.#written.values()]
    this.#written = new Map()
    const found = new Map<string, Item>()
    for (let start = 0; start < keys.length; start += 100) {
      const Keys = keys.slice(start, start + 100)
      const { Responses } = await this.#documents.send(
        new BatchGetCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } }),
      )
      for (const item of (Responses?.[this.#table] ?? []) as Item[]) found.set(keyText(item), item)
    }
    const differences = keys.map((key) => ({
      key,
      before: this.items.get(keyText(key)),
      after: found.get(keyText(key)),
    }))
    for (const { key, after } of differences) {
      if (after) this.items.set(keyText(key), after)
      else this.items.delete(keyText(key))
    }
    return differences.filter(({ before, after }) => !before || before.version !== after?.version)
  }

  /** The whole table, as it is now. */
  async readAll(): Promise<Map<string, Item>> {
    const all = new Map<string, Item>()
    let ExclusiveStartKey: Record<string, unknown> | undefined
    do {
      const page = await this.#documents.send(
        new ScanCommand({ TableName: this.#table, ConsistentRead: true, ExclusiveStartKey }),
      )
      for (const item of (page.Items ?? []) as Item[]) all.set(keyText(item), item)
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey)
    return all
  }
}
