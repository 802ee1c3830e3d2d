import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { DynamoDBStreamEvent } from 'aws-lambda'
import { createJsonLog } from '../../shared/runtime/log.ts'
import { createRelay, type Subscription, type Send } from './relay.ts'

const { SUBSCRIPTIONS = '[]' } = process.env
const now = () => new Date()
const queues = new SQSClient()

// From a variable, since a function doesn't import another one's filters.
const subscriptions: Subscription[] = JSON.parse(SUBSCRIPTIONS)

const send: Send = async (QueueUrl, Entries) => {
  const { Failed = [] } = await queues.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  return Failed
}

const relay = createRelay({
  subscriptions,
  send,
  log: createJsonLog((line) => process.stdout.write(`${line}\n`), now),
})

/** Triggered by the table's stream: keys of written items. */
export async function handler(event: DynamoDBStreamEvent) {
  return relay.onStream(event)
}
