import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/http/json-log.ts'
import { connectTable } from '../../shared/table/connect.ts'
import { createCleanup } from './worker.ts'

const { TABLE_NAME = '' } = process.env
const now = () => new Date()

const cleanup = createCleanup({
  table: connectTable(TABLE_NAME, now),
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** The table's stream: keys of what was changed. */
export async function handler(event: DynamoDBStreamEvent) {
  return cleanup.onStream(event)
}

/** The schedule: what is due. */
export async function sweep() {
  return cleanup.sweep()
}
