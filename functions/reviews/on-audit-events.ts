import { asEvent } from '../../shared/records/audit-events.ts'
import { findSchedule } from '../../shared/reviews/store.ts'
import type { Key } from '../../shared/table/keys.ts'
import { affectedBy } from './items/affected-scope.ts'
import type { ReviewDeps } from './items/deps.ts'
import { syncChangedUsers } from './items/sync-changed-users.ts'
import { advanceReview } from './lifecycle/advance-review.ts'

/** What audit events of a customer mean for its review, if one is under way; nothing, for nearly all customers. */
export async function handleAuditEvents(
  deps: ReviewDeps,
  customerId: string,
  told: readonly Key[],
): Promise<void> {
  const { table } = deps
  const schedule = await findSchedule(table, customerId)
  if (schedule?.current === undefined) return
  const events = await table.getMany(told)
  const concerned = affectedBy(events.filter((event) => event !== undefined).map(asEvent))
  await syncChangedUsers(deps, customerId, concerned)
  if (concerned.review) await advanceReview(deps, customerId)
}
