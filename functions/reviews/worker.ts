import { addMilliseconds, type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { asEvent } from '../../shared/records/audit-events.ts'
import { listCustomers } from '../../shared/records/customers.ts'
import { dueSchedules, findSchedule } from '../../shared/reviews/store.ts'
import { beginSchedule } from '../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { sweepDue } from '../../shared/table/due.ts'
import { type Key, keys as tableKeys, parseCustomerKey } from '../../shared/table/keys.ts'
import type { Position } from '../../shared/table/query.ts'
import type { ProcessOne } from '../../shared/table/stream.ts'
import { createWorker } from '../../shared/table/worker.ts'
import type { ReviewDeps } from './items/deps.ts'
import { affectedBy, syncChangedUsers } from './items/sync-users.ts'
import { advanceReview } from './lifecycle/advance-review.ts'

type ReviewOptions = Omit<ReviewDeps, 'until'>

/** Customers that one invocation works on at the same time. */
const atOnce = 4
/** Milliseconds in which the schedules of more customers are begun. */
const scheduleTime = 8 * 60_000
const customersAtOnce = 100

/** Opens reviews, keeps their items up to date while people decide, and applies the decisions; triggered by stream and clock. */
export function createReviews(options: ReviewOptions) {
  const { table, log } = options

  const worker = createWorker({
    now: table.now,
    log,
    subject: 'review',
    budget: { stream: 60_000, sweep: 30_000 },
    process: processEvents,
    due: (by, work) => sweepDue((page) => dueSchedules(table, page), by, work),
    processDue: async (schedules, attempt, { until }) => {
      const advance = (key: Key) =>
        attempt(key, () => advanceReview({ ...options, until }, parseCustomerKey(key) ?? ''))
      return (await mapConcurrent(schedules, atOnce, advance)).length
    },
  })

  /** Handles new audit events, those of one customer together. */
  async function processEvents(events: readonly Key[], attempt: ProcessOne, until: Instant): Promise<void> {
    const customers = Map.groupBy(events, (key) => parseCustomerKey(key) ?? '')
    await mapConcurrent([...customers], atOnce, async ([customerId, own]) => {
      const handled = handleAuditEvents({ ...options, until }, customerId, own)
      await Promise.all(own.map((key) => attempt(key, () => handled)))
    })
  }

  /** Begins the schedule of every customer that has none, so that creating a customer needs to know nothing of reviews. */
  async function beginSchedules(): Promise<boolean> {
    const until = addMilliseconds(instantOf(table.now()), scheduleTime)
    let after: Position | undefined
    do {
      const { items, next } = await listCustomers(table, { limit: customersAtOnce, after })
      const open = items.filter(({ status }) => status !== 'closed')
      const schedules = await table.getMany(open.map(({ id }) => tableKeys.reviewSchedule(id)))
      const without = open.filter((_customer, place) => schedules[place] === undefined)
      await mapConcurrent(without, atOnce, ({ id }) => beginSchedule(table, id, instantOf(table.now())))
      after = next
    } while (after && instantOf(table.now()) < until)
    return after === undefined
  }

  return { ...worker, beginSchedules }
}

/** Handles audit events of a customer: one read and nothing else for a customer without a review under way. */
export async function handleAuditEvents(
  deps: ReviewDeps,
  customerId: string,
  eventKeys: readonly Key[],
): Promise<void> {
  const { table } = deps
  const schedule = await findSchedule(table, customerId)
  if (schedule?.current === undefined) return
  const events = await table.getMany(eventKeys)
  const affected = affectedBy(events.filter((event) => event !== undefined).map(asEvent))
  await syncChangedUsers(deps, customerId, affected)
  if (affected.review) await advanceReview(deps, customerId)
}
