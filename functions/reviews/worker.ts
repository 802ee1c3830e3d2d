import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, instantOf } from '../../shared/domain/values/instant.ts'
import { listCustomers } from '../../shared/records/customers.ts'
import { dueSchedules } from '../../shared/reviews/store.ts'
import { beginSchedule } from '../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { sweepDue } from '../../shared/table/due.ts'
import { type Key, keys, parseCustomerKey } from '../../shared/table/keys.ts'
import type { Position } from '../../shared/table/query.ts'
import { type ProcessOne, processBatch } from '../../shared/table/stream.ts'
import type { ReviewDeps } from './items/deps.ts'
import { advanceReview } from './lifecycle/advance-review.ts'
import { handleAuditEvents } from './on-audit-events.ts'

export type ReviewOptions = Omit<ReviewDeps, 'until'>

/** Customers worked on at the same time by one invocation. */
const atOnce = 4
/** Milliseconds in which something new is begun, well below the functions' timeouts; what isn't done then stays due. */
const streamTime = 60_000
const sweepTime = 30_000
const passTime = 8 * 60_000
const customersAtOnce = 100

/** Opens reviews, keeps their items true while people decide, and does what was decided: told by the stream and by the clock. */
export function createReviews(options: ReviewOptions) {
  const { table, log } = options
  const limited = (time: number): ReviewDeps => ({
    ...options,
    until: addMilliseconds(instantOf(table.now()), time),
  })

  /** Audit events, whatever they tell. */
  function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const deps = limited(streamTime)
    const work = async (told: readonly Key[], attempt: ProcessOne) => {
      const customers = Map.groupBy(told, (key) => parseCustomerKey(key) ?? '')
      await mapConcurrent([...customers], atOnce, async ([customerId, events]) => {
        const followed = handleAuditEvents(deps, customerId, events)
        await Promise.all(events.map((key) => attempt(key, () => followed)))
      })
    }
    return processBatch(event, work, (error) =>
      log('error', 'a stream record could not be worked off', { error: errorTrace(error) }),
    )
  }

  /** What is due: starts, reminders, ends, and what was left. Fails at the end if one of them did. */
  async function sweep(): Promise<number> {
    const deps = limited(sweepTime)
    let failed = 0
    const tryOne = async (key: Key) => {
      try {
        await advanceReview(deps, parseCustomerKey(key) ?? '')
      } catch (error) {
        failed++
        log('error', 'a due review could not be worked off', { error: errorTrace(error) })
      }
    }
    const count = await sweepDue(
      (page) => dueSchedules(table, page),
      instantOf(table.now()),
      async (due) => (await mapConcurrent(due, atOnce, tryOne)).length,
    )
    if (failed > 0) throw new Error(`${failed} of ${count} customers' reviews could not be worked off`)
    return count
  }

  /** Begins the calendar of every customer that has none yet: nothing else has to know of reviews. */
  async function pass(): Promise<boolean> {
    const { until } = limited(passTime)
    let after: Position | undefined
    do {
      const { items, next } = await listCustomers(table, { limit: customersAtOnce, after })
      const open = items.filter(({ status }) => status !== 'closed')
      const calendars = await table.getMany(open.map(({ id }) => keys.reviewSchedule(id)))
      const without = open.filter((_customer, place) => calendars[place] === undefined)
      await mapConcurrent(without, atOnce, ({ id }) => beginSchedule(table, id, instantOf(table.now())))
      after = next
    } while (after && instantOf(table.now()) < until)
    return after === undefined
  }

  return { onStream, sweep, pass }
}

export type Reviews = ReturnType<typeof createReviews>
