import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { QueryCommandInput, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { BatchGetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import type { Key } from '../../shared/table/keys.ts'
import { keyText } from '../../shared/table/keys.ts'
import { indexes } from '../../shared/table/schema.ts'

type Item = Key & Record<string, unknown>
type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]
type Condition = {
  ConditionExpression?: string | undefined
  ExpressionAttributeValues?: Record<string, unknown> | undefined
}
export type Written = { key: Key; kind: 'INSERT' | 'MODIFY' | 'REMOVE' }

const copyOf = (item: Item): Item => JSON.parse(JSON.stringify(item))
const order = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1)

/**
 * The requests that `shared/table` makes, answered from memory: a hundredth of the time that an engine takes. What it
 * doesn't know is an error. The tests that run beside it show that an engine answers alike.
 */
export class MemoryDocuments {
  readonly written: Written[] = []
  readonly #items = new Map<string, Item>()

  async send(command: unknown): Promise<Record<string, unknown>> {
    if (command instanceof BatchGetCommand) return this.#batchGet(command)
    if (command instanceof QueryCommand) return this.#query(command.input)
    if (command instanceof PutCommand) return this.#put(command)
    if (command instanceof TransactWriteCommand) return this.#transact(command.input.TransactItems ?? [])
    throw new Error('a request of another kind')
  }

  #batchGet({ input }: BatchGetCommand) {
    const [[table, { Keys = [] }] = ['', {}]] = Object.entries(input.RequestItems ?? {})
    const found = Keys.map((key) => this.#items.get(keyText(key as Key)))
    return { Responses: { [table]: found.filter((item) => item !== undefined).map(copyOf) } }
  }

  #put({ input }: PutCommand) {
    const item = input.Item as Item
    if (!this.#holds(item, input)) throw new ConditionalCheckFailedException({ message: '', $metadata: {} })
    this.#write(item, item)
    return {}
  }

  #transact(parts: readonly TransactItem[]) {
    const keys = parts.map((part) => keyText(keyOf(part)))
    if (keys.length > 100 || new Set(keys).size < keys.length) throw new Error('not a transaction')
    const hold = parts.map((part) =>
      this.#holds(keyOf(part), part.Put ?? part.Delete ?? part.ConditionCheck ?? {}),
    )
    if (hold.includes(false)) {
      const CancellationReasons = hold.map((it) => ({ Code: it ? 'None' : 'ConditionalCheckFailed' }))
      throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons })
    }
    for (const part of parts) {
      if (part.Update) throw new Error('an update is not known')
      if (part.Put) this.#write(keyOf(part), part.Put.Item as Item)
      if (part.Delete) this.#write(keyOf(part), undefined)
    }
    return {}
  }

  #holds(key: Key, { ConditionExpression: condition, ExpressionAttributeValues: values = {} }: Condition) {
    const item = this.#items.get(keyText(key))
    if (condition === 'attribute_not_exists(pk)') return item === undefined
    if (condition === '#version = :was') return item?.version === values[':was']
    throw new Error('a condition of another kind')
  }

  #write({ pk, sk }: Key, item: Item | undefined): void {
    const text = keyText({ pk, sk })
    const kind = this.#items.has(text) ? (item ? 'MODIFY' : 'REMOVE') : 'INSERT'
    if (item) this.#items.set(text, copyOf(item))
    else this.#items.delete(text)
    this.written.push({ key: { pk, sk }, kind })
  }

  #query(input: QueryCommandInput) {
    const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input
    const sort = Object.values(indexes).find(({ name }) => name === input.IndexName)?.sort ?? 'sk'
    const partition = names['#partition'] ?? 'pk'
    const found = [...this.#items.values()]
      .filter((item) => item[partition] === values[':partition'] && item[sort] !== undefined)
      .filter((item) => isWithin(String(item[sort]), values))
      .sort((a, b) => order(a[sort], b[sort]))
    if (input.ScanIndexForward === false) found.reverse()
    const start = input.ExclusiveStartKey as Key | undefined
    const from = start ? found.findIndex((item) => keyText(item) === keyText(start)) + 1 : 0
    const page = found.slice(from, from + (input.Limit ?? found.length))
    const last = from + page.length < found.length ? page.at(-1) : undefined
    const only = names['#only']
    const shown = only
      ? page.filter((item) => item[only] !== undefined && (values[':only'] ?? item[only]) === item[only])
      : page
    return { Items: shown.map(copyOf), LastEvaluatedKey: last && { pk: last.pk, sk: last.sk } }
  }
}

function keyOf({ Put, Delete, ConditionCheck, Update }: TransactItem): Key {
  return (Put?.Item ?? Delete?.Key ?? ConditionCheck?.Key ?? Update?.Key) as Key
}

function isWithin(sort: string, values: Record<string, unknown>): boolean {
  const { ':prefix': prefix = '', ':from': from = '', ':upTo': upTo = '\u{10ffff}' } = values
  return sort.startsWith(String(prefix)) && sort >= String(from) && sort <= String(upTo)
}
