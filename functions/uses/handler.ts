import { gunzipSync } from 'node:zlib'
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/http/json-log.ts'
import { connectTable } from '../../shared/table/connect.ts'
import { createUses } from './worker.ts'

const { TABLE_NAME = '' } = process.env
const now = () => new Date()

const uses = createUses({
  table: connectTable(TABLE_NAME, now),
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** The subscription of the API's log: lines that tell of uses. */
export async function handler({ awslogs }: CloudWatchLogsEvent): Promise<void> {
  const json = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()
  const { messageType, logEvents }: CloudWatchLogsDecodedData = JSON.parse(json)
  // A control message only tries whether somebody is there.
  if (messageType === 'DATA_MESSAGE') await uses.onLines(logEvents.map(({ message }) => message))
}
