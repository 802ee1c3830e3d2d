import { asEvent } from '../../shared/records/audit-events.ts'
import { findSchedule } from '../../shared/reviews/store.ts'
import type { Key } from '../../shared/table/keys.ts'
import { affectedBy } from './items/affected-scope.ts'
import type { ReviewDeps } from './items/deps.ts'
import { syncChangedUsers } from './items/sync-users.ts'
import { advanceReview } from './lifecycle/advance-review.ts'

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
