import { gunzipSync } from 'node:zlib'
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent, CloudWatchLogsLogEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createUsage } from './worker.ts'

const { TABLE_NAME = '' } = process.env
const now = () => new Date()

const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const usage = createUsage({ table: connectTable(TABLE_NAME, now), log })

/** Handles lines of the API's log, from its subscription filter. Unreadable input is dropped: a retry couldn't read it either. */
export async function handler(event: CloudWatchLogsEvent): Promise<void> {
  const lines = linesOf(event)
  if (lines) await usage.onLines(lines)
  else log('error', 'unreadable log data was dropped')
}

function linesOf({ awslogs }: CloudWatchLogsEvent): unknown[] | undefined {
  try {
    const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()
    const { messageType, logEvents }: CloudWatchLogsDecodedData = JSON.parse(json)
    // A control message only probes the subscription.
    if (messageType !== 'DATA_MESSAGE') return []
    const events: (CloudWatchLogsLogEvent | null)[] = logEvents
    return events.map((each) => each?.message)
  } catch {
    return undefined
  }
}
