import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { streamFilters as cleanupFilters } from '../../functions/cleanup/stream-filter.ts'
import { createCleanup } from '../../functions/cleanup/worker.ts'
import type { SourcePolicy } from '../../functions/provisioning/source-policy.ts'
import { streamFilters } from '../../functions/provisioning/stream-filter.ts'
import { createProvisioning } from '../../functions/provisioning/worker.ts'
import { parseEvent } from '../../functions/webhooks/parse-event.ts'
import { openChangeStream } from '../../infra/local/change-stream/change-stream.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/entities/customer.ts'
import { instantOf } from '../../shared/domain/values/instant.ts'
import type { DeliveryStatus } from '../../shared/provisioning/delivery.ts'
import { recordDelivery } from '../../shared/provisioning/record-delivery.ts'
import { findDelivery } from '../../shared/provisioning/store.ts'
import { documentOptions, openTable } from '../../shared/table/table.ts'
import type { TestEngine } from './engine.ts'
import type { TimedEvent } from './timeline.ts'

export type ProvisionedOptions = {
  now?: () => Date
  sources?: Record<string, SourcePolicy>
  /** Without, what deletions and types leave behind stays. */
  cleansUp?: boolean
  /** Whether the OpenStack worker is told what changes. */
  openstack?: boolean
}

/** Provisioning as it runs locally, without HTTP: a table of its own, the tap, the workers. */
export async function startProvisioned(engine: TestEngine, options: ProvisionedOptions = {}) {
  const now = options.now ?? (() => new Date())
  const client = engine.connect()
  const failures: string[] = []
  const log = (level: string, message: string, fields?: { error?: string | undefined }) => {
    if (level === 'error') failures.push(`${message} ${fields?.error ?? ''}`)
  }
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const tableName = await engine.createTable()
  const table = openTable({ documents, name: tableName, now })
  const provisioning = createProvisioning({
    table,
    sources: () => options.sources ?? { orders: {} },
    customerIdPattern: new RegExp(defaultCustomerIdPattern),
    openstack: options.openstack,
    log,
  })
  const stream = openChangeStream(client, { now, log })
  stream.subscribe({ handle: provisioning.onStream, filters: streamFilters })
  const cleanup = createCleanup({ table, log })
  if (options.cleansUp ?? true) stream.subscribe({ handle: cleanup.onStream, filters: cleanupFilters })

  const record = (event: TimedEvent, source = 'orders') => {
    const { id, ...body } = event
    const parsed = parseEvent(Buffer.from(JSON.stringify(body)))
    return recordDelivery(table, { source, id, ...parsed }, instantOf(now()))
  }

  return {
    table,
    tableName,
    client,
    stream,
    provisioning,
    cleanup,
    failures,
    record,
    settle: () => stream.drain(),
    /** Records them one after the other, each settled before the next arrives. */
    deliverEach: async (events: readonly TimedEvent[]): Promise<void> => {
      for (const event of events) {
        await record(event)
        await stream.drain()
      }
    },
    /** Records them as a busy sender does, several at once, and settles. */
    deliverAll: async (events: readonly TimedEvent[], atOnce = 16): Promise<void> => {
      const queue = events.values()
      const sender = async () => {
        for (const event of queue) await record(event)
      }
      await Promise.all(Array.from({ length: atOnce }, sender))
      await stream.drain()
    },
    statusOf: async (id: string, source = 'orders'): Promise<DeliveryStatus | undefined> => {
      return (await findDelivery(table, source, id))?.status
    },
    reasonOf: async (id: string, source = 'orders'): Promise<string | undefined> => {
      return (await findDelivery(table, source, id))?.reason
    },
    stop: async (): Promise<void> => {
      await stream.stop()
      client.destroy()
    },
  }
}

export type Provisioned = Awaited<ReturnType<typeof startProvisioned>>
