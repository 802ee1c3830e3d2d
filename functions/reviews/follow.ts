import { findCalendar } from '../../shared/table/reviews.ts'
import { asEvent } from '../../shared/table/events.ts'
import type { Key } from '../../shared/table/keys.ts'
import { concernedBy } from './concerned.ts'
import type { ReviewDeps } from './deps.ts'
import { followChanges } from './follow-changes.ts'
import { goOn } from './go-on.ts'

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
