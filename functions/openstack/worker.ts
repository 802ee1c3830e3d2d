import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, instantOf } from '../../shared/domain/values/instant.ts'
import { listForCustomer } from '../../shared/openstack/plan/find.ts'
import { listDue } from '../../shared/openstack/sync/store.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { type Key, parseFanOutKey, parseOpenStackKey } from '../../shared/table/keys.ts'
import { type ProcessOne, processBatch } from '../../shared/table/stream.ts'
import { convergeProject } from './converge/converge-project.ts'
import { processFanOut } from './converge/fan-out.ts'
import type { DriftMode } from './full-sync/handle-drift.ts'
import { continueFullSync } from './full-sync/full-sync.ts'
import {
  type CircuitBreakerOptions,
  closingOnAnswer,
  createCircuitBreaker,
  withBreaker,
} from './run/circuit-breaker.ts'
import type { OpenStackDeps } from './run/deps.ts'
import { type SharedLists, shareLists } from './run/shared-lists.ts'

export type OpenStackOptions = OpenStackDeps & {
  drift: DriftMode
  pauses?: Pick<CircuitBreakerOptions, 'firstPause' | 'longestPause'>
}

/** Customers that one invocation processes concurrently. */
const concurrency = 4
/** Milliseconds in which new items are begun, well below the functions' timeouts; the rest stays due. */
const streamTime = 60_000
const sweepTime = 20_000
const fullSyncTime = 8 * 60_000
/** Items that one sweep reads at most. */
const sweepLimit = 10_000
/** Milliseconds after that in which a step may begin. */
const finishTime = 15_000
const listsMaxAge = 10_000

/** Keeps Keystone in sync with the directory: triggered by the stream for changes, and by schedules for due items. */
export function createOpenStack({ drift: mode, pauses, ...options }: OpenStackOptions) {
  const { table, mapping, log } = options
  const breaker = createCircuitBreaker({ now: table.now, log, ...pauses })
  const keystone = closingOnAnswer(options.keystone, breaker)

  async function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    return processBatch(
      event,
      (keys, processOne) => processKeys(keys, processOne, streamTime),
      (error) => log('error', 'a stream record could not be processed', { error: errorTrace(error) }),
    )
  }

  /**
   * Processes missed triggers, retries whose pause is over, and expired memberships. Returns how many items were due;
   * throws at the end if one of them failed for another reason than Keystone.
   */
  async function sweep(): Promise<number> {
    if (breaker.isOpen()) return 0
    let failed = 0
    const processOne: ProcessOne = async (_key, work) => {
      try {
        await work()
      } catch (error) {
        failed++
        log('error', 'a due item of OpenStack could not be processed', { error: errorTrace(error) })
      }
    }
    // All are read before any is processed, so that nobody waits behind a customer with thousands.
    const due = await listDue(table, instantOf(table.now()), { limit: sweepLimit })
    await processKeys(due, processOne, sweepTime)
    if (failed > 0)
      throw new Error(`${failed} of ${due.length} due items of OpenStack could not be processed`)
    return due.length
  }

  /** Runs the next part of the hourly full sync; true once it is completed, or none is due. */
  async function fullSync({ now }: { now?: boolean } = {}): Promise<boolean> {
    let isDone = false
    await withBreaker(breaker, log, async () => {
      const state = await continueFullSync(depsFor(fullSyncTime), { mode, time: fullSyncTime, now })
      isDone = state === undefined || state.endedAt !== undefined
    })
    return isDone
  }

  /** Items that aren't reached in time stay due in the table. */
  async function processKeys(keys: readonly Key[], processOne: ProcessOne, time: number): Promise<void> {
    const until = addMilliseconds(instantOf(table.now()), time)
    const deps = depsFor(time)
    const customers = Map.groupBy(keys.filter(customerOf), customerOf)
    await mapConcurrent([...customers], concurrency, async ([customerId, own]) => {
      const read = () => listForCustomer(keystone, mapping, customerId)
      const lists = shareLists({ read, now: table.now, maxAge: listsMaxAge })
      for (const key of fanOutsFirst(own)) {
        if (breaker.isOpen() || instantOf(table.now()) >= until) return
        await processOne(key, () => withBreaker(breaker, log, () => processKey(deps, key, lists)))
      }
    })
  }

  const depsFor = (time: number): OpenStackDeps => ({
    ...options,
    keystone,
    until: addMilliseconds(instantOf(table.now()), time + finishTime),
  })

  return { onStream, sweep, fullSync }
}

async function processKey(deps: OpenStackDeps, key: Key, lists: SharedLists): Promise<void> {
  const ref = parseOpenStackKey(key)
  await (ref ? convergeProject(deps, ref, lists) : processFanOut(deps, key, lists))
}

/** A fan-out may mark projects pending, and disables a user who loses all rights at once. */
const fanOutsFirst = (keys: readonly Key[]): Key[] => [
  ...keys.filter(parseFanOutKey),
  ...keys.filter(parseOpenStackKey),
]

const customerOf = (key: Key) => (parseOpenStackKey(key) ?? parseFanOutKey(key))?.customerId ?? ''

export type OpenStack = ReturnType<typeof createOpenStack>
