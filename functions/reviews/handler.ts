import type { SQSEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { fromQueue } from '../../shared/table/stream.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createReviews } from './worker.ts'

const { TABLE_NAME = '', OPENSTACK } = process.env
const now = () => new Date()
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)

const reviews = createReviews({
  table: connectTable(TABLE_NAME, now),
  openstack: OPENSTACK === 'on',
  log,
})

/** Handles records of the table's stream, from the relay's queue. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, reviews.onStream, log)
}

/** Run by a schedule: advances the reviews that are due. */
export async function sweep() {
  return reviews.sweep()
}

/** Run by a schedule: begins the schedule of customers that have none. */
export async function beginSchedules() {
  return reviews.beginSchedules()
}
