import type { DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda'
import { expect, test, vi } from 'vitest'
import type { Log } from '../../../shared/runtime/log.ts'
import { fromQueue, processBatch } from '../../../shared/table/stream.ts'
import { recordOf } from '../../functions/provisioning/bare-worker.ts'

const records = [1, 2, 3].map((sequence) => recordOf({ pk: 'C#ACM000001', sk: 'CUSTOMER' }, sequence))
const Records = records.map(
  (record): SQSRecord => ({
    messageId: `m${record.dynamodb?.SequenceNumber}`,
    body: JSON.stringify(record),
    receiptHandle: '',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'eu-central-1',
  }),
)
const event: SQSEvent = { Records }
const failing = (...itemIdentifiers: string[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
})

const lines: [string, unknown][] = []
const log: Log = (_level, message, fields) => void lines.push([message, fields])

test('records that came through a queue are passed on unchanged', async () => {
  const handle = vi.fn(async (_event: DynamoDBStreamEvent) => failing('2'))
  // Only the message whose record failed is retried.
  expect(await fromQueue(event, handle, log)).toEqual(failing('m2'))
  expect(handle.mock.calls).toEqual([[{ Records: records }]])
})

const keyed = (pk: unknown, sk: unknown) =>
  JSON.stringify({ dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } }, SequenceNumber: '9' } })
const unreadable: [what: string, body: string][] = [
  ['no JSON', '{'],
  ['nothing', ''],
  ['null', 'null'],
  ['a text', '"C#ACM000001"'],
  ['a list', '[]'],
  ['no record', '{"Records":[]}'],
  ['no keys', '{"dynamodb":{"SequenceNumber":"2"}}'],
  ['keys that are nothing', '{"dynamodb":{"Keys":null}}'],
  ['a key that is a number', keyed(7, 'CUSTOMER')],
  ['half a key', keyed('C#ACM000001', undefined)],
  ['an empty key', keyed('', 'CUSTOMER')],
  ['a key that is too long', keyed('C#ACM000001', 'x'.repeat(1025))],
]

test.each(unreadable)(
  'a message of %s is dropped with a line in the log, and the others are processed',
  async (_what, body) => {
    const [first, ...others] = Records
    if (!first) throw new Error('there are messages')
    lines.length = 0
    const handle = vi.fn(async (_event: DynamoDBStreamEvent) => failing('2'))
    const batch = { Records: [first, { ...first, messageId: 'bad', body }, ...others] }
    expect(await fromQueue(batch, handle, log)).toEqual(failing('m2'))
    expect(handle.mock.calls).toEqual([[{ Records: records }]])
    expect(lines).toEqual([['queue messages that are no stream records were dropped', { count: 1 }]])
    const alone = { Records: [{ ...first, body }] }
    expect(await fromQueue(alone, () => Promise.reject(new Error('asked')), log)).toEqual(failing())
  },
)

test.each(unreadable.filter(([, body]) => /^[[{]./.test(body)))(
  'a record of the stream with %s is dropped, and the others are processed',
  async (_what, body) => {
    const told: unknown[] = []
    const errors: unknown[] = []
    const batch = { Records: [...records.slice(0, 1), JSON.parse(body), ...records.slice(1)] }
    const answer = await processBatch(
      batch,
      async (keys, attempt) => {
        told.push(...keys)
        await Promise.all(keys.map((key) => attempt(key, () => Promise.reject(new Error('failed')))))
      },
      (error) => void errors.push(error),
    )
    expect(told).toEqual([{ pk: 'C#ACM000001', sk: 'CUSTOMER' }])
    expect(answer).toEqual(failing('1', '2', '3'))
    expect(errors).toHaveLength(2)
  },
)
