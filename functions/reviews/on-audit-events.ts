import { asEvent } from '../../shared/records/audit-events.ts'
import { findCalendar } from '../../shared/reviews/store.ts'
import type { Key } from '../../shared/table/keys.ts'
import { concernedBy } from './items/affected-scope.ts'
import type { ReviewDeps } from './items/deps.ts'
import { followChanges } from './items/sync-changed-users.ts'
import { goOn } from './lifecycle/advance-review.ts'

/** What audit events of a customer mean for its review, if one is under way; nothing, for nearly all customers. */
export async function follow(deps: ReviewDeps, customerId: string, told: readonly Key[]): Promise<void> {
  const { table } = deps
  const calendar = await findCalendar(table, customerId)
  if (calendar?.current === undefined) return
  const events = await table.getMany(told)
  const concerned = concernedBy(events.filter((event) => event !== undefined).map(asEvent))
  await followChanges(deps, customerId, concerned)
  if (concerned.review) await goOn(deps, customerId)
}
