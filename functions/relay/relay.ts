import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { satisfies, type StreamFilter } from '../../shared/table/stream.ts'

/** A record of the stream, and the body of the message that tells of it. */
export type Message = { record: DynamoDBRecord; body: string }

/** What one SendMessageBatch takes: messages, and bytes of all their bodies together. */
const most = { messages: 10, bytes: 256 * 1024 }

/** Cuts messages, in their order, into batches that a queue takes at once. One that is too large goes alone and is refused. */
export function batchMessages(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(message.body)
    const last = batches.at(-1)
    if (last && last.length < most.messages && bytes + size <= most.bytes) {
      last.push(message)
      bytes += size
    } else {
      batches.push([message])
      bytes = size
    }
  }
  return batches
}

/** A worker's queue, and which records of the stream wake the worker. */
export type Subscription = { queueUrl: string; filters: readonly StreamFilter[] }

export type Entry = { Id: string; MessageBody: string }
export type Refused = { Id: string | undefined; Code: string | undefined }

/** One SendMessageBatch; returns the entries that the queue didn't take. */
export type Send = (queueUrl: string, entries: Entry[]) => Promise<readonly Refused[]>

export type RelayOptions = { subscriptions: readonly Subscription[]; send: Send; log: Log }

/** Requests to one queue at the same time. */
const atOnce = 4

/**
 * Hands records of the stream on, each to every worker that it wakes, so that all these workers are one reader to DynamoDB.
 * Fails from the first record that a queue didn't take; what comes again then for those that had it, changes nothing.
 */
export function createRelay({ subscriptions: feeds, send, log }: RelayOptions) {
  async function onStream({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const left = new Set((await Promise.all(feeds.map((feed) => handOn(feed, Records)))).flat())
    const first = Records.find((record) => left.has(record))
    // An identifier that is none of the batch's, such as an empty one, fails all of it.
    return { batchItemFailures: first ? [{ itemIdentifier: first.dynamodb?.SequenceNumber ?? '' }] : [] }
  }

  /** Returns what the queue hasn't got. */
  async function handOn(
    { queueUrl, filters }: Subscription,
    records: DynamoDBRecord[],
  ): Promise<DynamoDBRecord[]> {
    const messages = records
      .filter((record) => filters.some((filter) => satisfies(record, filter)))
      .map((record) => ({ record, body: JSON.stringify(record) }))
    const left = await mapConcurrent(batchMessages(messages), atOnce, (batch) => sendBatch(queueUrl, batch))
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
      log('error', 'stream records could not be handed on', {
        count: batch.length,
        error: errorTrace(error),
      })
      return batch
    }
  }

  return { onStream }
}
