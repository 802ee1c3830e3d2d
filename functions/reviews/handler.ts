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

/** What the relay has put into the queue: records of the table's stream. */
export async function handler(event: SQSEvent) {
  return fromQueue(event, reviews.onStream, log)
}

/** The schedule: what is due. */
export async function sweep() {
  return reviews.sweep()
}

/** The schedule: customers that are new to reviews. */
export async function pass() {
  return reviews.pass()
}
