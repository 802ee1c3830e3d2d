import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { createProvisioning } from '../../../functions/provisioning/worker.ts'
import { parseEvent } from '../../../functions/webhooks/parse-event.ts'
import { defaultCustomerIdPattern } from '../../../shared/domain/entities/customer.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { recordDelivery } from '../../../shared/provisioning/record-delivery.ts'
import { findDelivery } from '../../../shared/provisioning/store.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import type { TimedEvent } from '../../support/timeline.ts'

/** The worker alone: only the test triggers it. */
export async function startWorker(engine: TestEngine, now = () => new Date(), tableName?: string) {
  const client = engine.connect()
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name: tableName ?? (await engine.createTable()), now })
  const logged: { level: string; message: string; fields?: LogFields | undefined }[] = []
  const provisioning = createProvisioning({
    table,
    sources: () => ({ orders: {} }),
    customerIdPattern: new RegExp(defaultCustomerIdPattern),
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  })
  return {
    client,
    table,
    logged,
    ...provisioning,
    async record(events: readonly TimedEvent[]): Promise<void> {
      for (const { id, ...body } of events) {
        const parsed = parseEvent(Buffer.from(JSON.stringify(body)))
        await recordDelivery(table, { source: 'orders', id, ...parsed }, instantOf(now()))
      }
    },
    deliveryOf: (id: string) => findDelivery(table, 'orders', id),
    async statesOf(events: readonly TimedEvent[]) {
      const deliveries = await Promise.all(events.map(({ id }) => findDelivery(table, 'orders', id)))
      return deliveries.map((delivery) => delivery?.status)
    },
  }
}

/** The stream record of an item, as Lambda passes it on. */
export function recordOf(key: Key, sequence: number): DynamoDBRecord {
  return {
    eventName: 'INSERT',
    dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } }, SequenceNumber: String(sequence) },
  }
}

export const recordsOf = (events: readonly TimedEvent[]): DynamoDBRecord[] =>
  events.map(({ id }, place) => recordOf(keys.delivery('orders', id), 100 + place))

/** Makes every request of this kind fail whose input contains the text, until the returned function is called. */
export function breakRequests(client: DynamoDBClient, command: string, text: string): () => void {
  const name = `broken ${command} ${text}`
  client.middlewareStack.add(
    (next, context) => (args) => {
      const named = JSON.stringify(args.input).includes(`"${text}"`)
      if (context.commandName === command && named) throw new Error('broken on purpose')
      return next(args)
    },
    { step: 'build', name },
  )
  return () => void client.middlewareStack.remove(name)
}

/** Lets something else happen once, after the first transaction that names the text was planned and before it is sent. */
export function interpose(client: DynamoDBClient, meanwhile: () => Promise<unknown>, text = '') {
  let isDone = false
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isIts =
        context.commandName === 'TransactWriteItemsCommand' && JSON.stringify(args.input).includes(text)
      if (isIts && !isDone) {
        isDone = true
        await meanwhile()
      }
      return next(args)
    },
    { step: 'build' },
  )
}

/** Likewise, for the transaction of a delivery. */
export const interposeAt = (client: DynamoDBClient, { id }: TimedEvent, meanwhile: () => Promise<unknown>) =>
  interpose(client, meanwhile, `"D#orders#${id}"`)
