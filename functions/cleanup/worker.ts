import { cleanUp, indexLag } from '../../shared/directory/cleanup/clean-up.ts'
import { addMilliseconds } from '../../shared/domain/values/instant.ts'
import { dueCleanups } from '../../shared/records/cleanup-requests.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { sweepDue } from '../../shared/table/due.ts'
import { parseCleanupKey } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { createWorker, type Worker } from '../../shared/table/worker.ts'

type CleanupOptions = { table: Table; log: Log }

/** Items cleaned up at the same time by one invocation. */
const concurrency = 8

/** Removes the grants that deletions and changes of type leave behind. */
export function createCleanup({ table, log }: CleanupOptions): Worker {
  return createWorker({
    now: table.now,
    log,
    subject: 'clean-up',
    budget: { stream: 90_000, sweep: 40_000 },
    process: (keys, attempt, until) =>
      mapConcurrent(keys, concurrency, (key) =>
        attempt(key, () => cleanUp(table, parseCleanupKey(key) ?? key, until)),
      ),
    // An index may lag: only items that have been due for a while can be finished.
    due: (by, work) => sweepDue((page) => dueCleanups(table, page), addMilliseconds(by, -indexLag), work),
  })
}
