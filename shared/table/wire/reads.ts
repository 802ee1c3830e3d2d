import { DomainError } from '../../domain/values/errors.ts'
import { sleep } from '../../runtime/sleep.ts'
import type { Item } from '../item.ts'
import { type Key, keyText } from '../keys.ts'
import { type Position, queryInput } from '../query.ts'
import type { Reads } from '../table.ts'
import { type AttributeValue, fromAttributes, toAttributes } from './attribute-values.ts'
import { type ReadCall, type Connection, createCall, jitteredDelay } from '../../aws/call.ts'

type Attributes = Record<string, AttributeValue>
type Batch = {
  Responses?: Record<string, Attributes[]>
  UnprocessedKeys?: Record<string, { Keys: Attributes[] }>
}
type Answer = { Items?: Attributes[]; LastEvaluatedKey?: Attributes }

const dynamodb = { name: 'dynamodb', version: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' }
const keysPerRequest = 100
const mostRounds = 8

/**
 * The reads of a decision without the SDK, which is six times as much code as all the rest of a decision and a third of its
 * CPU: what they answer and throw is the same.
 */
export function connectReads(table: string, connection: Connection): Reads & { eventual: Reads } {
  const call = createCall(dynamodb, connection)
  return { ...readsOf(call, table, true), eventual: readsOf(call, table, false) }
}

function readsOf(call: ReadCall, table: string, consistent: boolean): Reads {
  return {
    async getMany(keys) {
      const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()]
      const found = new Map<string, Item>()
      const parts = Array.from({ length: Math.ceil(distinct.length / keysPerRequest) }, (_, part) =>
        distinct.slice(part * keysPerRequest, (part + 1) * keysPerRequest),
      )
      await Promise.all(parts.map((part) => getBatch(call, table, part, consistent, found)))
      return keys.map((key) => found.get(keyText(key)))
    },
    async queryPage(query) {
      const { values, after, ...input } = queryInput(
        table,
        consistent || query.index ? query : { ...query, eventually: true },
      )
      const answer = await call<Answer>('Query', {
        ...input,
        ExpressionAttributeValues: toAttributes(values),
        ...(after && { ExclusiveStartKey: toAttributes(after) }),
      })
      return { items: (answer.Items ?? []).map(asItem), next: positionOf(answer.LastEvaluatedKey) }
    },
  }
}

/** DynamoDB may leave keys unprocessed, all of them only where it throttles. */
async function getBatch(
  call: ReadCall,
  table: string,
  keys: readonly Key[],
  consistent: boolean,
  found: Map<string, Item>,
): Promise<void> {
  let left = keys.map(({ pk, sk }): Attributes => toAttributes({ pk, sk }))
  for (let round = 1; left.length > 0; round++) {
    const request = { RequestItems: { [table]: { Keys: left, ConsistentRead: consistent } } }
    const { Responses, UnprocessedKeys } = await call<Batch>('BatchGetItem', request)
    for (const attributes of Responses?.[table] ?? []) {
      const item = asItem(attributes)
      found.set(keyText(item), item)
    }
    left = UnprocessedKeys?.[table]?.Keys ?? []
    if (left.length === 0) return
    if (round === mostRounds)
      throw new DomainError('unavailable', 'The database has too much to do just now; try again.')
    await sleep(jitteredDelay(round))
  }
}

/** Every item of the table has a key and a version. */
const asItem = (attributes: Attributes) => fromAttributes(attributes) as Item

/** A position is a key, all of whose parts are texts. */
const positionOf = (key: Attributes | undefined) => key && (fromAttributes(key) as Position)
