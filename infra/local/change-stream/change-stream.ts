import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Log } from '../../../shared/runtime/log.ts'
import { satisfies, type StreamFilter } from '../../../shared/table/stream.ts'
import { toRecord, type WriteInput, writtenBy } from './records.ts'
import { createShard, type Shard, type StreamHandler } from './shard.ts'

/** A subscription, as an event source mapping in the cloud: a handler and the filters of its records. */
export type Consumer = {
  handle: StreamHandler
  /** A record has to satisfy one of them. */
  filters: StreamFilter[]
  /** Batches handled concurrently; records of one partition key stay in order. */
  shards?: number
  /** Milliseconds before a failed batch is retried, doubled each time. */
  firstPause?: number
}

export type ChangeStream = {
  subscribe: (consumer: Consumer) => void
  /** Resolves once every record has been handled or dropped, those written meanwhile included. */
  drain: () => Promise<void>
  /** Accepts no more records, drops those that wait, and resolves when the current batches have been handled. */
  stop: () => Promise<void>
}

/**
 * Stands in for DynamoDB Streams and Lambda's event source mapping on one machine: a middleware of the SDK client that
 * hands each subscriber the keys of the items that this client has written. A sweeper finds what a crash loses.
 */
export function openChangeStream(
  client: DynamoDBClient,
  { now, log }: { now: () => Date; log: Log },
): ChangeStream {
  const subscribers: { filters: StreamFilter[]; shards: Shard[] }[] = []
  let sequence = 0n
  const publish = (command: string, input: WriteInput) => {
    for (const written of writtenBy(command, input)) {
      const record = toRecord(written, ++sequence, now())
      for (const { filters, shards } of subscribers)
        if (filters.some((filter) => satisfies(record, filter)))
          shards[hash(written.keys.pk) % shards.length]?.push(record)
    }
  }
  // At this step inputs have DynamoDB's own shape, and an error is the caller's, after all retries.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args)
      const { input } = args
      if ('Item' in input || 'Key' in input || 'TransactItems' in input)
        publish(String(context.commandName), input)
      return result
    },
    { step: 'build', name: 'streamTap' },
  )
  const shards = () => subscribers.flatMap((subscriber) => subscriber.shards)
  return {
    subscribe: ({ handle, filters, shards: count = 4, firstPause = 50 }) => {
      const options = { handle, log, firstPause }
      subscribers.push({ filters, shards: Array.from({ length: count }, () => createShard(options)) })
    },
    drain: async () => {
      // Handling one record may write others, into any shard.
      for (let before = -1n; before !== sequence; ) {
        before = sequence
        await Promise.all(shards().map((shard) => shard.idle()))
      }
    },
    stop: async () => void (await Promise.all(shards().map((shard) => shard.stop()))),
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  return value
}
