import type { SQSEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { fromQueue } from '../../shared/table/stream.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createCleanup } from './worker.ts'

const { TABLE_NAME = '' } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)

const cleanup = createCleanup({
  table: connectTable(TABLE_NAME, now),
  log,
})

/** Handles the queue, which the relay fills with records of the table's stream. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, cleanup.onStream, log)
}

/** Handles the schedule: processes what is due. */
export async function sweep() {
  return cleanup.sweep()
}
