import type { DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda'
import { expect, test } from 'vitest'
import { fromQueue } from '../../../shared/table/stream.ts'
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

test('what came through a queue is handed on as the stream told it', async () => {
  const seen: DynamoDBStreamEvent[] = []
  const answer = await fromQueue(event, async (told) => {
    seen.push(told)
    return failing()
  })
  expect(seen).toEqual([{ Records: records }])
  expect(answer).toEqual(failing())
})

test('only the messages whose records failed come again', async () => {
  expect(await fromQueue(event, async () => failing('2'))).toEqual(failing('m2'))
})
