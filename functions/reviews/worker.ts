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

type ReviewOptions = Omit<ReviewDeps, 'until'>

/** Customers that one invocation works on at the same time. */
const atOnce = 4
/** Milliseconds in which new work begins, well below the functions' timeouts; unfinished work stays due. */
const streamTime = 60_000
const sweepTime = 30_000
const scheduleTime = 8 * 60_000
const customersAtOnce = 100

/** Opens reviews, keeps their items up to date while people decide, and applies the decisions; triggered by stream and clock. */
export function createReviews(options: ReviewOptions) {
  const { table, log } = options
  const limited = (time: number): ReviewDeps => ({
    ...options,
    until: addMilliseconds(instantOf(table.now()), time),
  })

  /** Handles new audit events, those of one customer together. */
  function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const deps = limited(streamTime)
    const work = async (eventKeys: readonly Key[], processOne: ProcessOne) => {
      const customers = Map.groupBy(eventKeys, (key) => parseCustomerKey(key) ?? '')
      await mapConcurrent([...customers], atOnce, async ([customerId, events]) => {
        const handled = handleAuditEvents(deps, customerId, events)
        await Promise.all(events.map((key) => processOne(key, () => handled)))
      })
    }
    return processBatch(event, work, (error) =>
      log('error', 'a stream record could not be processed', { error: errorTrace(error) }),
    )
  }

  /** Advances all due reviews: starts, reminders, ends and retries. Throws at the end if any of them failed. */
  async function sweep(): Promise<number> {
    const deps = limited(sweepTime)
    let failed = 0
    const tryOne = async (key: Key) => {
      try {
        await advanceReview(deps, parseCustomerKey(key) ?? '')
      } catch (error) {
        failed++
        log('error', 'a due review could not be advanced', { error: errorTrace(error) })
      }
    }
    const count = await sweepDue(
      (page) => dueSchedules(table, page),
      instantOf(table.now()),
      async (due) => (await mapConcurrent(due, atOnce, tryOne)).length,
    )
    if (failed > 0) throw new Error(`${failed} of ${count} customers' reviews could not be advanced`)
    return count
  }

  /** Begins the schedule of every customer that has none, so that creating a customer needs to know nothing of reviews. */
  async function beginSchedules(): Promise<boolean> {
    const { until } = limited(scheduleTime)
    let after: Position | undefined
    do {
      const { items, next } = await listCustomers(table, { limit: customersAtOnce, after })
      const open = items.filter(({ status }) => status !== 'closed')
      const schedules = await table.getMany(open.map(({ id }) => keys.reviewSchedule(id)))
      const without = open.filter((_customer, place) => schedules[place] === undefined)
      await mapConcurrent(without, atOnce, ({ id }) => beginSchedule(table, id, instantOf(table.now())))
      after = next
    } while (after && instantOf(table.now()) < until)
    return after === undefined
  }

  return { onStream, sweep, pass: beginSchedules }
}
