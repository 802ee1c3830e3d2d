import { setTimeout as pause } from 'node:timers/promises'
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Log } from '../../../shared/runtime/log.ts'

export type StreamHandler = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse | void>

export type ShardOptions = {
  handle: StreamHandler
  log: Log
  /** Records per batch. */
  batchSize?: number
  /** Retries of a batch without progress. */
  retries?: number
  /** Milliseconds before the first retry, doubled each time. */
  firstPause?: number
}

export type Shard = {
  push: (record: DynamoDBRecord) => void
  /** Resolves once nothing is queued or being handled. */
  idle: () => Promise<void>
  /** Drops queued records and resolves when the current batch has been handled. */
  stop: () => Promise<void>
}

/** Handles records in order, a batch at a time, with the retries of a Lambda event source mapping. */
export function createShard(options: ShardOptions): Shard {
  const { handle, log, batchSize = 100, retries = 5, firstPause = 50 } = options
  const queue: DynamoDBRecord[] = []
  const stopping = new AbortController()
  let running = Promise.resolve()
  let isRunning = false

  const run = async () => {
    // One turn of the event loop later, so that records of one transaction are in one batch.
    await new Promise(setImmediate)
    while (queue.length > 0) await deliver(queue.splice(0, batchSize), 0)
    isRunning = false
  }

  const deliver = async (batch: DynamoDBRecord[], attempt: number): Promise<void> => {
    const outcome = await tryBatch(handle, batch)
    if (outcome === 'done' || stopping.signal.aborted) return
    const rest = batch.slice(outcome.from)
    const hasProgress = outcome.from > 0
    if (!hasProgress && attempt >= retries) {
      log('error', 'records of the stream were dropped after all retries', {
        count: rest.length,
        error: outcome.error,
      })
      return
    }
    await pause(firstPause * 2 ** attempt, undefined, { signal: stopping.signal }).catch(() => {})
    if (stopping.signal.aborted) return
    // Halving isolates the failing record, so it isn't counted as a retry.
    if (outcome.thrown && rest.length > 1) for (const half of halves(rest)) await deliver(half, attempt)
    else await deliver(rest, hasProgress ? 0 : attempt + 1)
  }

  return {
    push: (record) => {
      if (stopping.signal.aborted) return
      queue.push(record)
      if (isRunning) return
      isRunning = true
      running = run()
    },
    idle: () => running,
    stop: () => {
      stopping.abort()
      queue.length = 0
      return running
    },
  }
}

type Outcome = 'done' | { from: number; thrown: boolean; error: string }

async function tryBatch(handle: StreamHandler, batch: DynamoDBRecord[]): Promise<Outcome> {
  try {
    const failures = (await handle({ Records: batch }))?.batchItemFailures ?? []
    const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier))
    if (failed.size === 0) return 'done'
    const from = batch.findIndex((record) => failed.has(record.dynamodb?.SequenceNumber ?? ''))
    // Lambda's contract: an unknown identifier fails the whole batch.
    return { from: Math.max(from, 0), thrown: false, error: 'batchItemFailures' }
  } catch (error) {
    return { from: 0, thrown: true, error: error instanceof Error ? error.name : 'unknown' }
  }
}

function halves(batch: DynamoDBRecord[]): DynamoDBRecord[][] {
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(0, middle), batch.slice(middle)]
}
