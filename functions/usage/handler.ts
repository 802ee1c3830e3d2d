import { gunzipSync } from 'node:zlib'
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent, CloudWatchLogsLogEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { connectTable } from '../../shared/table/table.ts'
import { createUsage } from './worker.ts'

const { TABLE_NAME = '' } = process.env
const now = () => new Date()

const log = createJsonLog((line) => process.stdout.write(`${line}\n`), now)
const uses = createUsage({ table: connectTable(TABLE_NAME, now), log })

/** The subscription of the API's log: lines that tell of uses. What can't be read never will be, and is dropped. */
export async function handler(event: CloudWatchLogsEvent): Promise<void> {
  const lines = linesOf(event)
  if (lines) await uses.onLines(lines)
  else log('error', 'what the log handed over cannot be read and was dropped')
}

function linesOf({ awslogs }: CloudWatchLogsEvent): unknown[] | undefined {
  try {
    const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()
    const { messageType, logEvents }: CloudWatchLogsDecodedData = JSON.parse(json)
    // A control message only tries whether somebody is there.
    if (messageType !== 'DATA_MESSAGE') return []
    const events: (CloudWatchLogsLogEvent | null)[] = logEvents
    return events.map((each) => each?.message)
  } catch {
    return undefined
  }
}
