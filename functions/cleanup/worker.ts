import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { cleanUp, indexLag } from '../../shared/directory/cleanup/clean-up.ts'
import { addMilliseconds, instantOf } from '../../shared/domain/values/instant.ts'
import { dueCleanups } from '../../shared/records/cleanup-requests.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { sweepDue } from '../../shared/table/due.ts'
import { type Key, parseCleanupKey } from '../../shared/table/keys.ts'
import { type ProcessOne, processBatch } from '../../shared/table/stream.ts'
import type { Table } from '../../shared/table/table.ts'

export type CleanupOptions = { table: Table; log: Log }

/** Items cleaned up at the same time by one invocation. */
const atOnce = 8
/** Milliseconds of work, well below the functions' timeouts; what isn't done then, the sweeper goes on with. */
const streamTime = 90_000
const sweepTime = 40_000

/** Removes what deletions and types leave behind: told by the stream what was deleted or retyped, and by the clock what is due. */
export function createCleanup({ table, log }: CleanupOptions) {
  const inMilliseconds = (time: number) => addMilliseconds(instantOf(table.now()), time)

  function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const until = inMilliseconds(streamTime)
    const work = async (keys: readonly Key[], attempt: ProcessOne) => {
      await mapConcurrent(keys, atOnce, (key) =>
        attempt(key, () => cleanUp(table, parseCleanupKey(key) ?? key, until)),
      )
    }
    return processBatch(event, work, (error) =>
      log('error', 'a stream record could not be worked off', { error: errorTrace(error) }),
    )
  }

  /**
   * What no trigger reached, what wasn't done in time, and what an index has to be asked about once more: as long as
   * there's something left for a while, or will be `ahead` milliseconds from now. Returns how many were tried; fails
   * at the end if one of them did.
   */
  async function sweep(ahead = 0): Promise<number> {
    const until = inMilliseconds(sweepTime)
    let failed = 0
    const tryOne = async (key: Key) => {
      try {
        await cleanUp(table, key, until)
      } catch (error) {
        failed++
        log('error', 'a due clean-up could not be worked off', { error: errorTrace(error) })
      }
    }
    const count = await sweepDue(
      (page) => dueCleanups(table, page),
      inMilliseconds(ahead - indexLag),
      async (keys) => (await mapConcurrent(keys, atOnce, tryOne)).length,
    )
    if (failed > 0) throw new Error(`${failed} of ${count} clean-ups could not be worked off`)
    return count
  }

  return { onStream, sweep }
}

export type Cleanup = ReturnType<typeof createCleanup>
