import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { createRelay, type Subscription, type Send } from './relay.ts'

const { FEEDS = '[]' } = process.env
const now = () => new Date()
const queues = new SQSClient()

// As a variable, since a function doesn't import another one's triggers.
const feeds: Subscription[] = JSON.parse(FEEDS)

const send: Send = async (QueueUrl, Entries) => {
  const { Failed = [] } = await queues.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  return Failed
}

const relay = createRelay({
  subscriptions: feeds,
  send,
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** The table's stream: keys of what was written. */
export async function handler(event: DynamoDBStreamEvent) {
  return relay.onStream(event)
}
