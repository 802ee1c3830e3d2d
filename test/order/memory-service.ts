import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { streamFilters as cleanupFilters } from '../../functions/cleanup/triggers.ts'
import { createCleanup } from '../../functions/cleanup/worker.ts'
import { streamFilters } from '../../functions/provisioning/triggers.ts'
import { createProvisioning } from '../../functions/provisioning/worker.ts'
import { parseEvent } from '../../functions/webhooks/parse-event.ts'
import { recordDelivery } from '../../shared/directory/record-delivery.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/customer.ts'
import { instantOf } from '../../shared/domain/instant.ts'
import { satisfies } from '../../shared/table/stream.ts'
import { openTable } from '../../shared/table/table.ts'
import type { TimedEvent } from '../support/timeline.ts'
import type { Judged } from './judge.ts'
import type { Written } from './memory-documents.ts'
import { MemoryDocuments } from './memory-documents.ts'
import { act, isByPerson } from './people.ts'

/** More than any history takes. */
const mostRecords = 10_000

/** The table's code and the workers on a table in memory, one record of its stream after the other. */
export function startInMemory(start?: string): Judged {
  // With a start, time goes by as what happens says.
  let clock = start
  const now = () => (clock === undefined ? new Date() : new Date(clock))
  const memory = new MemoryDocuments()
  const documents = memory as unknown as DynamoDBDocumentClient
  const table = openTable({ documents, name: 'memory', now })
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

  async function settle(): Promise<void> {
    for (let handled = 0; memory.written.length > 0; handled++) {
      if (handled > mostRecords) throw new Error('it never settles')
      const Records = memory.written.splice(0, 1).map(recordOf)
      const isFor = (filters: typeof streamFilters) =>
        filters.some((filter) => Records.some((record) => satisfies(record, filter)))
      if (isFor(streamFilters)) await provisioning.onStream({ Records })
      if (isFor(cleanupFilters)) await cleanup.onStream({ Records })
    }
  }

  return {
    table,
    failures,
    deliverAll: async (events: readonly TimedEvent[]) => {
      for (const event of events) {
        if (clock !== undefined && event.timestamp > clock) clock = event.timestamp
        if (isByPerson(event)) {
          await act(table, event)
          await settle()
          continue
        }
        const { id, ...body } = event
        const parsed = parseEvent(Buffer.from(JSON.stringify(body)))
        await recordDelivery(table, { source: 'orders', id, ...parsed }, instantOf(now()))
        await settle()
      }
    },
  }
}

function recordOf({ key, kind }: Written): DynamoDBRecord {
  return {
    eventName: kind,
    dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } }, SequenceNumber: '1' },
  }
}
