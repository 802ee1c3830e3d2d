import { clock, contextOf } from '../../../functions/reviews/items/deps.ts'
import type { ReviewContext, ReviewDeps } from '../../../functions/reviews/items/deps.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { readSchedule, startReview } from '../../../shared/reviews/transition.ts'
import { findReview } from '../../../shared/reviews/store.ts'
import type { Table } from '../../../shared/table/table.ts'

/** A customer's review under way, as it is now. */
export async function readAtHand(table: Table, customerId: string): Promise<ReviewContext> {
  const customer = await findCustomer(table, customerId)
  const schedule = await readSchedule(table, customerId, instantOf(table.now()))
  const review = await findReview(table, customerId, schedule.current ?? '')
  if (!customer || !review) throw new Error('no review is under way')
  return { customer, schedule, review }
}

/** Starts a review as the clock does, without waiting until one is due. */
export async function startOne(deps: ReviewDeps, customerId: string): Promise<ReviewContext> {
  const customer = await findCustomer(deps.table, customerId)
  if (!customer) throw new Error(`there is no customer ${customerId}`)
  const schedule = await readSchedule(deps.table, customerId, instantOf(deps.table.now()))
  await commit(deps.table, startReview(contextOf(deps, clock), customer, schedule).change)
  return readAtHand(deps.table, customerId)
}
