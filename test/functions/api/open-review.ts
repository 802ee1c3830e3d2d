import { advanceReview } from '../../../functions/reviews/lifecycle/advance-review.ts'
import { scheduleItem, findSchedule } from '../../../shared/reviews/store.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { World } from './world.ts'

/** Runs the worker for a customer's reviews. */
export function runReviewWorker(table: Table, customerId: string): Promise<void> {
  return advanceReview({ table, log: () => {}, until: '2999-01-01T00:00:00.000000000Z' }, customerId)
}

/** Makes a loosened policy count from now on, as if it had been set a week ago. */
export async function skipNotice(table: Table, customerId: string): Promise<void> {
  const schedule = await findSchedule(table, customerId)
  if (!schedule) return
  await table.transact([
    { put: scheduleItem({ ...schedule, replaced: undefined }), expectedVersion: schedule.version },
  ])
}

/** Starts a review by HTTP, runs the worker so that it opens, and returns its id. */
export async function openReview(
  { send, table }: Pick<World, 'send' | 'table'>,
  { customerId, operator }: { customerId: string; operator: string },
  body: object = {},
): Promise<string> {
  const path = `/v1/customers/${customerId}/reviews`
  const started = await send('POST', path, operator, body, { 'x-reason': 'a quarter is over' })
  if (started.status !== 201) throw new Error(`no review was started: ${started.text}`)
  await runReviewWorker(table, customerId)
  return String(started.body.id)
}
