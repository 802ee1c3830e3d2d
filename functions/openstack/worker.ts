import { addMilliseconds, type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { listForCustomer } from '../../shared/openstack/plan/find.ts'
import { listDue } from '../../shared/openstack/sync/store.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { type Key, parseFanOutKey, parseOpenStackKey } from '../../shared/table/keys.ts'
import type { ProcessOne } from '../../shared/table/stream.ts'
import { createWorker } from '../../shared/table/worker.ts'
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

  const worker = createWorker({
    now: table.now,
    log,
    subject: 'OpenStack item',
    budget: { stream: 60_000, sweep: 20_000 },
    process,
    // All are read before any is processed, so that nobody waits behind a customer with thousands.
    due: async (by, work) => (breaker.isOpen() ? 0 : work(await listDue(table, by, { limit: sweepLimit }))),
  })

  /** Runs the next part of the hourly full sync; true once it is completed, or none is due. */
  async function fullSync({ now }: { now?: boolean } = {}): Promise<boolean> {
    let isDone = false
    await withBreaker(breaker, log, async () => {
      const until = addMilliseconds(instantOf(table.now()), fullSyncTime)
      const state = await continueFullSync(depsUntil(until), { mode, time: fullSyncTime, now })
      isDone = state === undefined || state.endedAt !== undefined
    })
    return isDone
  }

  /** Items that aren't reached in time stay due in the table. A failure of Keystone fails neither stream nor sweep. */
  async function process(keys: readonly Key[], attempt: ProcessOne, until: Instant): Promise<void> {
    const deps = depsUntil(until)
    const customers = Map.groupBy(keys.filter(customerOf), customerOf)
    await mapConcurrent([...customers], concurrency, async ([customerId, own]) => {
      const read = () => listForCustomer(keystone, mapping, customerId)
      const lists = shareLists({ read, now: table.now, maxAge: listsMaxAge })
      for (const key of fanOutsFirst(own)) {
        if (breaker.isOpen() || instantOf(table.now()) >= until) return
        await attempt(key, () => withBreaker(breaker, log, () => processKey(deps, key, lists)))
      }
    })
  }

  const depsUntil = (until: Instant): OpenStackDeps => ({
    ...options,
    keystone,
    until: addMilliseconds(until, finishTime),
  })

  return { ...worker, fullSync }
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
