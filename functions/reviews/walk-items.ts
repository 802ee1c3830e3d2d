import { mapAtOnce } from '../../shared/directory/at-once.ts'
import type { ReviewItem } from '../../shared/domain/review-item.ts'
import type { Versioned } from '../../shared/table/item.ts'
import type { Position } from '../../shared/table/query.ts'
import type { ReviewProgress } from '../../shared/table/reviews.ts'
import { findProgress, listItems } from '../../shared/table/reviews.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { isTimeUp } from './deps.ts'
import { keepProgress } from './progress.ts'

const itemsPerPage = 100
/** Users whose items are worked on at the same time. */
const itemsAtOnce = 8

/** How a walk ended: before its end, at its end with something left that has to be tried again, or with nothing left. */
export type WalkEnd =
  | { end: 'unfinished' }
  | { end: 'left'; count: number; failures: number }
  | { end: 'done' }

/**
 * Does something about every item, those of one user together, and goes on where it was left. `work` returns how many of
 * them are left. The walk goes on all the same, so that they keep nobody from the others; the next one begins with the first
 * page that had any.
 */
export async function walkItems(
  deps: ReviewDeps,
  { review }: AtHand,
  phase: ReviewProgress['phase'],
  work: (items: Versioned<ReviewItem>[]) => Promise<number>,
): Promise<WalkEnd> {
  const { table } = deps
  const found = await findProgress(table, review)
  const begun = { customerId: review.customerId, reviewId: review.id, phase, items: 0, failures: 0 }
  let progress: ReviewProgress = found?.phase === phase ? found : begun
  let version = found?.version
  for (;;) {
    if (isTimeUp(deps)) return { end: 'unfinished' }
    const page = await listItems(table, review, { limit: itemsPerPage, after: progress.after })
    const users = Map.groupBy(page.items, ({ userId }) => userId)
    const counts = await mapAtOnce([...users.values()], itemsAtOnce, work)
    const left = counts.reduce((sum, count) => sum + count, 0)
    progress = passed(progress, left, page.next)
    if (!page.next) break
    version = await keepProgress(table, progress, version)
  }
  const { left: count = 0, again: after } = progress
  if (count === 0) return { end: 'done' }
  const failures = progress.failures + 1
  await keepProgress(table, { ...progress, after, left: 0, again: undefined, failures }, version)
  return { end: 'left', count, failures }
}

function passed(progress: ReviewProgress, count: number, next: Position | undefined): ReviewProgress {
  const { left = 0, again, after } = progress
  return { ...progress, after: next, left: left + count, again: left === 0 && count > 0 ? after : again }
}
