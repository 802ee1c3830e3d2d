import { mapAtOnce } from '../../shared/directory/at-once.ts'
import type { Position } from '../../shared/table/query.ts'
import type { ReviewProgress } from '../../shared/table/reviews.ts'
import { findProgress, listUserIds } from '../../shared/table/reviews.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { isTimeUp } from './deps.ts'
import { keepProgress } from './progress.ts'

/** Users in a page, after which it is written down where the walk goes on. */
const usersPerPage = 100
/** Users after which the time is looked at, some of them at the same time: one may hold thousands of grants. */
const partSize = 8
const usersAtOnce = 4

/**
 * Does something about every user of a customer, by e-mail address, and goes on where it was left. Returns the sum of what
 * `work` returns; `undefined` if it isn't done in time. Whoever finds that somebody else has written a page down leaves
 * the rest to them, as a stale Change.
 */
export async function walkUsers(
  deps: ReviewDeps,
  { review }: AtHand,
  phase: ReviewProgress['phase'],
  work: (userId: string) => Promise<number>,
): Promise<number | undefined> {
  const { table } = deps
  const { customerId, id: reviewId } = review
  const left = await findProgress(table, review)
  const begun = { customerId, reviewId, phase, items: 0, failures: 0 }
  let progress: ReviewProgress = left?.phase === phase ? left : begun
  let version = left?.version
  let after: Position | undefined = progress.after
  for (;;) {
    if (isTimeUp(deps)) return undefined
    const page = await listUserIds(table, customerId, { limit: usersPerPage, after })
    let { items } = progress
    for (let place = 0; place < page.items.length; place += partSize) {
      const part = page.items.slice(place, place + partSize)
      const counts = await mapAtOnce(part, usersAtOnce, ({ userId }) => work(userId))
      items = counts.reduce((sum, count) => sum + count, items)
      if (isTimeUp(deps)) {
        await keepProgress(table, { ...progress, items, after: part.at(-1)?.at }, version)
        return undefined
      }
    }
    if (!page.next) return items
    after = page.next
    progress = { ...progress, items, after }
    version = await keepProgress(table, progress, version)
  }
}
