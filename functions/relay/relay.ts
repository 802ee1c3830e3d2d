import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { satisfies, type StreamFilter } from '../../shared/table/stream.ts'

/** A record of the stream, and the message body with it. */
type Message = { record: DynamoDBRecord; body: string }

/** Limits of one SendMessageBatch: messages, and bytes of all their bodies. */
const limits = { messages: 10, bytes: 256 * 1024 }

/** Splits messages into batches that a queue accepts, in order. A message that is too large is alone in its batch, and refused. */
export function batchMessages(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(message.body)
    const last = batches.at(-1)
    if (last && last.length < limits.messages && bytes + size <= limits.bytes) {
      last.push(message)
      bytes += size
    } else {
      batches.push([message])
      bytes = size
    }
  }
  return batches
}

/** A worker's queue, and the records of the stream that trigger the worker. */
export type Subscription = { queueUrl: string; filters: readonly StreamFilter[] }

export type Entry = { Id: string; MessageBody: string }
type Refused = { Id: string | undefined; Code: string | undefined }

/** One SendMessageBatch; returns the entries that the queue refused. */
export type Send = (queueUrl: string, entries: Entry[]) => Promise<readonly Refused[]>

type RelayOptions = { subscriptions: readonly Subscription[]; send: Send; log: Log }

/** Concurrent requests to one queue. */
const concurrency = 4

/**
 * Sends records of the stream to the queues that subscribe to them, so that all their workers are one reader to DynamoDB.
 * Fails from the first record that a queue refused. The stream repeats records from there; workers process them idempotently.
 */
export function createRelay({ subscriptions, send, log }: RelayOptions) {
  async function onStream({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const left = new Set(
      (await Promise.all(subscriptions.map((subscription) => sendRecords(subscription, Records)))).flat(),
    )
    const first = Records.find((record) => left.has(record))
    // An unknown identifier, such as an empty one, fails the whole batch.
    return { batchItemFailures: first ? [{ itemIdentifier: first.dynamodb?.SequenceNumber ?? '' }] : [] }
  }

  /** Returns the records that the queue hasn't accepted. */
  async function sendRecords(
    { queueUrl, filters }: Subscription,
    records: DynamoDBRecord[],
  ): Promise<DynamoDBRecord[]> {
    const messages = records
      .filter((record) => filters.some((filter) => satisfies(record, filter)))
      .map((record) => ({ record, body: JSON.stringify(record) }))
    const left = await mapConcurrent(batchMessages(messages), concurrency, (batch) =>
      sendBatch(queueUrl, batch),
    )
    return left.flat().map(({ record }) => record)
  }

  async function sendBatch(queueUrl: string, batch: Message[]): Promise<Message[]> {
    try {
      const entries = batch.map(({ body }, place) => ({ Id: String(place), MessageBody: body }))
      const refused = await send(queueUrl, entries)
      if (refused.length === 0) return []
      log('error', 'a queue refused stream records', { code: refused[0]?.Code, count: refused.length })
      return batch.filter((_message, place) => refused.some(({ Id }) => Id === String(place)))
    } catch (error) {
      log('error', 'stream records could not be sent to a queue', {
        count: batch.length,
        error: errorTrace(error),
      })
      return batch
    }
  }

  return { onStream }
}
