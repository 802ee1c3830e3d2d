import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, instantOf } from '../../shared/domain/values/instant.ts'
import type { Keystone } from '../../shared/openstack/keystone/client.ts'
import { listPeople } from '../../shared/openstack/plan/find.ts'
import { dueForOpenStack } from '../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../shared/openstack/transport/errors.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { type Key, parseOpenStackKey, parseFanOutKey } from '../../shared/table/keys.ts'
import type { Position } from '../../shared/table/query.ts'
import { type ProcessOne, processBatch } from '../../shared/table/stream.ts'
import { convergeProject } from './converge/converge-project.ts'
import { fanOut } from './converge/fan-out.ts'
import type { DriftMode } from './full-sync/check-project.ts'
import { continueFullSync } from './full-sync/full-sync.ts'
import {
  isUnreachable,
  type CircuitBreaker,
  type CircuitBreakerOptions,
  createCircuitBreaker,
} from './run/circuit-breaker.ts'
import type { OpenStackDeps } from './run/deps.ts'
import { type SharedLists, shareLists } from './run/shared-lists.ts'

export type OpenStackOptions = OpenStackDeps & {
  /** What becomes of what was changed in Keystone. */
  drift: DriftMode
  pauses?: Pick<CircuitBreakerOptions, 'firstPause' | 'longestPause'>
}

/** Customers worked on at the same time by one invocation. */
const atOnce = 4
/** Milliseconds in which something new is begun, well below the functions' timeouts; what isn't done then stays due. */
const streamTime = 60_000
const sweepTime = 20_000
const fullSyncTime = 8 * 60_000
/** What one sweep takes in view: a page, and all of it. */
const duePage = 1_000
const mostDue = 10_000
/** Milliseconds more in which a step may begin. */
const toFinish = 15_000
const listsLast = 10_000

/** Keeps Keystone as the directory says: told by the stream what has changed, and by the clock what is due. */
export function createOpenStack({ drift: mode, pauses, ...options }: OpenStackOptions) {
  const { table, mapping, log } = options
  const breaker = createCircuitBreaker({ now: table.now, log, ...pauses })
  const keystone = watched(options.keystone, breaker)
  const deps: OpenStackDeps = { ...options, keystone }

  async function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    return processBatch(
      event,
      (keys, attempt) => work(keys, attempt, streamTime),
      (error) => log('error', 'a stream record could not be worked off', { error: errorTrace(error) }),
    )
  }

  /**
   * What no trigger reached, whose pause is over, or where a membership has expired. Returns how many were due; fails at
   * the end if one of them did for a reason that isn't Keystone's.
   */
  async function sweep(): Promise<number> {
    let failed = 0
    const attempt: ProcessOne = async (_key, tryOne) => {
      try {
        await tryOne()
      } catch (error) {
        failed++
        log('error', 'what is due in OpenStack could not be worked off', { error: errorTrace(error) })
      }
    }
    if (breaker.isOpen()) return 0
    const due = await readDue()
    await work(due, attempt, sweepTime)
    if (failed > 0) throw new Error(`${failed} of ${due.length} could not be worked off`)
    return due.length
  }

  /** All of it before any is worked on, so that nobody waits behind a customer with thousands. */
  async function readDue(): Promise<Key[]> {
    const by = instantOf(table.now())
    const due: Key[] = []
    let after: Position | undefined
    do {
      const page = await dueForOpenStack(table, { by, limit: duePage, after })
      due.push(...page.items)
      after = page.next
    } while (after && due.length < mostDue)
    return due
  }

  /** The next part of the pass over everything, which begins every hour. */
  async function pass({ now }: { now?: boolean } = {}): Promise<boolean> {
    let isDone = false
    await ask(async () => {
      const gone = await continueFullSync(limited(fullSyncTime), { mode, time: fullSyncTime, now })
      isDone = gone === undefined || gone.endedAt !== undefined
    })
    return isDone
  }

  /** Whatever isn't done stays due: it is said of it in the table. */
  async function work(keys: readonly Key[], attempt: ProcessOne, time: number): Promise<void> {
    const until = addMilliseconds(instantOf(table.now()), time)
    const own = limited(time)
    const customers = Map.groupBy(keys.filter(customerOf), customerOf)
    await mapConcurrent([...customers], atOnce, async ([customerId, about]) => {
      const read = () => listPeople(keystone, mapping, customerId)
      const lists = shareLists({ read, now: table.now, maxAge: listsLast })
      // What is said of a user may touch projects, and a user who loses all rights loses them at once.
      const [words, projects] = [about.filter(parseFanOutKey), about.filter(parseOpenStackKey)]
      for (const key of [...words, ...projects]) {
        if (breaker.isOpen() || instantOf(table.now()) >= until) return
        await attempt(key, () => ask(() => workOn(own, key, lists)))
      }
    })
  }

  const limited = (time: number): OpenStackDeps => ({
    ...deps,
    until: addMilliseconds(instantOf(table.now()), time + toFinish),
  })

  /** What Keystone's errors mean for all else. */
  async function ask(about: () => Promise<void>): Promise<void> {
    try {
      await about()
    } catch (error) {
      if (!isKeystoneError(error)) throw error
      if (isUnreachable(error)) breaker.recordFailure(error)
      else log('warn', 'Keystone refuses', { code: error.code, error: error.message })
    }
  }

  return { onStream, sweep, pass }
}

async function workOn(deps: OpenStackDeps, key: Key, lists: SharedLists): Promise<void> {
  const ref = parseOpenStackKey(key)
  await (ref ? convergeProject(deps, ref, lists) : fanOut(deps, key, lists))
}

/** Whoever gets an answer, a refusal too, has reached it. */
function watched(keystone: Keystone, breaker: CircuitBreaker): Keystone {
  return {
    ...keystone,
    async call(call) {
      try {
        const answer = await keystone.call(call)
        breaker.recordSuccess()
        return answer
      } catch (error) {
        if (isKeystoneError(error) && !isUnreachable(error)) breaker.recordSuccess()
        throw error
      }
    },
  }
}

const customerOf = (key: Key) => (parseOpenStackKey(key) ?? parseFanOutKey(key))?.customerId ?? ''

export type OpenStack = ReturnType<typeof createOpenStack>
