import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { streamFilters } from '../../../functions/cleanup/stream-filter.ts'
import type { Entry } from '../../../functions/relay/relay.ts'
import { keys } from '../../../shared/table/keys.ts'
import { recordOf } from '../provisioning/bare-worker.ts'

type Batch = { QueueUrl: string; Entries: Entry[] }
const asked: { target: unknown; batch: Batch }[] = []

/** SQS by its protocol, which accepts only the first entry. */
async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const batch = (await json(request)) as Batch
  asked.push({ target: request.headers['x-amz-target'], batch })
  const [first, ...others] = batch.Entries
  const MD5OfMessageBody = createHash('md5').update(`${first?.MessageBody}`).digest('hex')
  const Successful = [{ Id: first?.Id, MessageId: 'm1', MD5OfMessageBody }]
  const Failed = others.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }))
  response.setHeader('content-type', 'application/x-amz-json-1.0')
  response.end(JSON.stringify({ Successful, ...(Failed.length > 0 && { Failed }) }))
}
const sqs = createServer((...exchange) => void take(...exchange)).listen(0, '127.0.0.1')
await once(sqs, 'listening')
afterAll(() => void sqs.close())

const QueueUrl = `http://127.0.0.1:${(sqs.address() as AddressInfo).port}/111111111111/cleanup`
Object.assign(process.env, {
  SUBSCRIPTIONS: JSON.stringify([{ queueUrl: QueueUrl, filters: streamFilters }]),
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_SQS: new URL(QueueUrl).origin,
})
const { handler } = await import('../../../functions/relay/handler.ts')

const record = (sequence: number) =>
  recordOf(keys.cleanup('ACM000001', 'user', `usr_${sequence}`, '2026-01-01'), sequence)

test('the variable has the queue of a record', async () => {
  expect(await handler({ Records: [record(1)] })).toEqual({ batchItemFailures: [] })
  const Entries = [{ Id: '0', MessageBody: JSON.stringify(record(1)) }]
  expect(asked).toEqual([{ target: 'AmazonSQS.SendMessageBatch', batch: { QueueUrl, Entries } }])
})

test('a record that the response lists as failed is repeated', async () => {
  expect(await handler({ Records: [record(1), record(2), record(3)] })).toEqual({
    batchItemFailures: [{ itemIdentifier: '2' }],
  })
})
