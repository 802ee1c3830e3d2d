import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, type Instant, instantOf } from '../domain/values/instant.ts'
import { errorTrace } from '../runtime/error-trace.ts'
import type { Log } from '../runtime/log.ts'
import type { Key } from './keys.ts'
import { type ProcessOne, processBatch } from './stream.ts'

export type WorkerOptions = {
  now: () => Date
  log: Log
  /** One thing that is due, as log lines and errors name it: `clean-up`. */
  subject: string
  /** Milliseconds of an invocation in which new work may begin, well below the functions' timeouts; absent: no limit. */
  budget?: { stream: number; sweep: number } | undefined
  /** Works through the keys, each by `attempt`, and begins nothing after `until`. The sweeper retries the rest. */
  process: (keys: readonly Key[], attempt: ProcessOne, until: Instant) => Promise<unknown>
  /** Reads what is due by that moment and hands it to `work`, page by page or all at once; returns the sum. */
  due: (by: Instant, work: (keys: readonly Key[]) => Promise<number>) => Promise<number>
  /** In place of `process` for keys that are due by that moment; returns how many were tried. */
  processDue?: (
    keys: readonly Key[],
    attempt: ProcessOne,
    times: { by: Instant; until: Instant },
  ) => Promise<number>
}

export type Worker = {
  /** Processes the changed items of a batch of stream records; the stream retries those that failed. */
  onStream: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>
  /**
   * Processes what is due, or will be `ahead` milliseconds from now: work that no stream record started, that wasn't done
   * in time, or that failed before. Returns how many were tried, and throws at the end if one of them failed.
   */
  sweep: (ahead?: number) => Promise<number>
}

const never: Instant = '9999-12-31T23:59:59.999999999Z'

/** A worker that the table's stream and a schedule start. One failure is logged and doesn't stop the others. */
export function createWorker({ now, log, subject, budget, process, due, processDue }: WorkerOptions): Worker {
  const limit = (time: number | undefined) => (time === undefined ? never : fromNow(time))
  const fromNow = (milliseconds: number) => addMilliseconds(instantOf(now()), milliseconds)

  async function sweep(ahead = 0): Promise<number> {
    const [by, until] = [fromNow(ahead), limit(budget?.sweep)]
    let failed = 0
    const attempt: ProcessOne = async (_key, work) => {
      try {
        if ((await work()) === 'failed') failed++
      } catch (error) {
        failed++
        log('error', `a due ${subject} could not be processed`, { error: errorTrace(error) })
      }
    }
    const count = await due(by, async (keys) => {
      if (processDue) return processDue(keys, attempt, { by, until })
      await process(keys, attempt, until)
      return keys.length
    })
    if (failed > 0) throw new Error(`${failed} of ${count} ${subject}s could not be processed`)
    return count
  }

  return {
    onStream: (event) => {
      const until = limit(budget?.stream)
      return processBatch(
        event,
        (keys, attempt) => process(keys, attempt, until),
        (error) => log('error', 'a stream record could not be processed', { error: errorTrace(error) }),
      )
    },
    sweep,
  }
}
