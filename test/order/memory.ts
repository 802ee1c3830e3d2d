import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { streamFilters as cleanupFilters } from '../../functions/cleanup/triggers.ts'
import { createCleanup } from '../../functions/cleanup/worker.ts'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import { createProvisioning } from '../../functions/provisioning/worker.ts'
import { parseEvent } from '../../functions/webhooks/parse-event.ts'
import { recordDelivery } from '../../shared/directory/record-delivery.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/customer.ts'
import { instantOf } from '../../shared/domain/instant.ts'
import { findDelivery } from '../../shared/table/deliveries.ts'
import { indexes } from '../../shared/table/schema.ts'
import { satisfies } from '../../shared/table/stream.ts'
import { openTable } from '../../shared/table/table.ts'
import type { TimedEvent } from '../support/timeline.ts'

type Item = Record<string, any>
const strip = (item: Item): Item => JSON.parse(JSON.stringify(item))

export function startMemory(now = () => new Date()) {
  const items = new Map<string, Item>()
  const pending: Item[] = []
  const keyOf = (k: Item) => `${k.pk}|${k.sk}`
  const write = (key: Item, item: Item | undefined) => {
    const name = keyOf(key)
    const was = items.get(name)
    if (item) items.set(name, strip(item))
    else items.delete(name)
    pending.push({
      eventName: !was ? 'INSERT' : item ? 'MODIFY' : 'REMOVE',
      dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } }, SequenceNumber: String(pending.length) },
    })
  }
  const holds = (input: Item, key: Item) => {
    if (!input.ConditionExpression) return true
    const item = items.get(keyOf(key))
    if (input.ConditionExpression === 'attribute_not_exists(pk)') return !item
    return item?.version === input.ExpressionAttributeValues[':was']
  }
  const send = async (command: Item): Promise<Item> => {
    const input: Item = command.input
    switch (command.constructor.name) {
      case 'BatchGetCommand': {
        const [[name, { Keys }]] = Object.entries(input.RequestItems) as any
        return {
          Responses: {
            [name]: Keys.map((k: Item) => items.get(keyOf(k)))
              .filter(Boolean)
              .map(strip),
          },
        }
      }
      case 'PutCommand': {
        if (!holds(input, input.Item)) {
          const { ConditionalCheckFailedException } = await import('@aws-sdk/client-dynamodb')
          throw new ConditionalCheckFailedException({ message: 'x', $metadata: {} })
        }
        write(input.Item, input.Item)
        return {}
      }
      case 'TransactWriteCommand': {
        const all: Item[] = input.TransactItems
        const names = all.map((it) =>
          keyOf(it.Put?.Item ?? (it.Delete ?? it.ConditionCheck ?? it.Update).Key),
        )
        if (new Set(names).size !== names.length)
          throw new Error(`twice in a transaction: ${names.join(' ')}`)
        if (all.length > 100) throw new Error('more than 100 items')
        const failed = all.map((it) => {
          const part = it.Put ?? it.Delete ?? it.ConditionCheck ?? it.Update
          return holds(part, it.Put?.Item ?? part.Key)
        })
        if (failed.includes(false)) {
          throw new TransactionCanceledException({
            message: 'x',
            $metadata: {},
            CancellationReasons: failed.map((ok) => ({ Code: ok ? 'None' : 'ConditionalCheckFailed' })),
          })
        }
        for (const it of all) {
          if (it.Put) write(it.Put.Item, it.Put.Item)
          if (it.Delete) write(it.Delete.Key, undefined)
          if (it.Update) throw new Error('no updates')
        }
        return {}
      }
      case 'QueryCommand': {
        const names = input.ExpressionAttributeNames
        const values = input.ExpressionAttributeValues
        const index = Object.values(indexes).find((each) => each.name === input.IndexName)
        const sort = index?.sort ?? 'sk'
        let found = [...items.values()].filter((item) => item[names['#partition']] === values[':partition'])
        if (index) found = found.filter((item) => item[sort] !== undefined)
        if (values[':prefix'] !== undefined)
          found = found.filter((i) => i[sort].startsWith(values[':prefix']))
        if (values[':from'] !== undefined) found = found.filter((i) => i[sort] >= values[':from'])
        if (values[':upTo'] !== undefined) found = found.filter((i) => i[sort] <= values[':upTo'])
        found.sort((a, b) => (a[sort] < b[sort] ? -1 : 1))
        if (input.ScanIndexForward === false) found.reverse()
        if (input.ExclusiveStartKey) {
          const at = found.findIndex((i) => keyOf(i) === keyOf(input.ExclusiveStartKey))
          found = found.slice(at + 1)
        }
        let last: Item | undefined
        if (input.Limit !== undefined && found.length > input.Limit) {
          found = found.slice(0, input.Limit)
          const end = found.at(-1)
          last = end && { pk: end.pk, sk: end.sk }
        }
        if (names['#only']) {
          found = found.filter((i) =>
            values[':only'] === undefined
              ? i[names['#only']] !== undefined
              : i[names['#only']] === values[':only'],
          )
        }
        return { Items: found.map(strip), LastEvaluatedKey: last }
      }
      default:
        throw new Error(`no ${command.constructor.name}`)
    }
  }
  const table = openTable({ documents: { send } as unknown as DynamoDBDocumentClient, name: 't', now })
  const failures: string[] = []
  const log = (level: string, message: string, fields?: { error?: string | undefined }) => {
    if (level === 'error') failures.push(`${message} ${fields?.error ?? ''}`)
  }
  const provisioning = createProvisioning({
    table,
    sources: () => ({ orders: {} }),
    customerIdPattern: new RegExp(defaultCustomerIdPattern),
    log,
  })
  const cleanup = createCleanup({ table, log })
  const settle = async () => {
    let count = 0
    while (pending.length > 0) {
      if (count++ > 5000) throw new Error('never settles')
      const record = pending.shift()!
      const event = { Records: [record] } as any
      if (streamFilters.some((f) => satisfies(record, f))) {
        const { batchItemFailures } = await provisioning.onStream(event)
        if (batchItemFailures.length > 0) pending.push(record)
      }
      if (cleanupFilters.some((f) => satisfies(record, f))) await cleanup.onStream(event)
    }
  }
  const record = async ({ id, ...body }: TimedEvent) => {
    const parsed = parseEvent(Buffer.from(JSON.stringify(body)))
    return recordDelivery(table, { source: 'orders', id, ...parsed }, instantOf(now()))
  }
  return {
    table,
    items,
    failures,
    provisioning,
    cleanup,
    settle,
    record,
    deliverAll: async (events: readonly TimedEvent[]) => {
      for (const event of events) {
        await record(event)
        await settle()
      }
    },
    statusOf: async (id: string) => (await findDelivery(table, 'orders', id))?.status,
    stop: async () => undefined,
  }
}
