import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import {
  findCheckpoint,
  listItems,
  listUserIds,
  checkpointItem,
  type Checkpoint,
} from '../../../shared/reviews/store.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { nextVersion, type Version, type Versioned, versionOf } from '../../../shared/table/item.ts'
import type { Position } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'
import { type ReviewContext, isTimeUp, type ReviewDeps } from './deps.ts'

/** Writes down how far a walk has come, and returns the version it has then. Fails as stale if somebody else is at it. */
export async function saveCheckpoint(
  table: Table,
  checkpoint: Checkpoint,
  expectedVersion: Version,
): Promise<number> {
  await table.transact([{ put: checkpointItem(checkpoint), expectedVersion }])
  return nextVersion(expectedVersion)
}

const itemsPerPage = 100
/** Users whose items are worked on at the same time. */
const itemsAtOnce = 8

/** How a walk ended: before its end, at its end with something left that has to be tried again, or with nothing left. */
export type BatchResult =
  | { end: 'unfinished' }
  | { end: 'left'; count: number; failures: number }
  | { end: 'done' }

/**
 * Does something about every item, those of one user together, and goes on where it was left. `work` returns how many of
 * them are left. The walk goes on all the same, so that they keep nobody from the others; the next one begins with the first
 * page that had any.
 */
export async function forEachItemPage(
  deps: ReviewDeps,
  { review }: ReviewContext,
  phase: Checkpoint['phase'],
  work: (items: Versioned<ReviewItem>[]) => Promise<number>,
): Promise<BatchResult> {
  const { table } = deps
  const found = await findCheckpoint(table, review)
  const begun = { customerId: review.customerId, reviewId: review.id, phase, items: 0, failures: 0 }
  let checkpoint: Checkpoint = found?.phase === phase ? found : begun
  let version = versionOf(found)
  for (;;) {
    if (isTimeUp(deps)) return { end: 'unfinished' }
    const page = await listItems(table, review, { limit: itemsPerPage, after: checkpoint.after })
    const users = Map.groupBy(page.items, ({ userId }) => userId)
    const counts = await mapConcurrent([...users.values()], itemsAtOnce, work)
    const left = counts.reduce((sum, count) => sum + count, 0)
    checkpoint = passed(checkpoint, left, page.next)
    if (!page.next) break
    version = await saveCheckpoint(table, checkpoint, version)
  }
  const { left: count = 0, again: after } = checkpoint
  if (count === 0) return { end: 'done' }
  const failures = checkpoint.failures + 1
  await saveCheckpoint(table, { ...checkpoint, after, left: 0, again: undefined, failures }, version)
  return { end: 'left', count, failures }
}

function passed(checkpoint: Checkpoint, count: number, next: Position | undefined): Checkpoint {
  const { left = 0, again, after } = checkpoint
  return { ...checkpoint, after: next, left: left + count, again: left === 0 && count > 0 ? after : again }
}

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
export async function forEachUserPage(
  deps: ReviewDeps,
  { review }: ReviewContext,
  phase: Checkpoint['phase'],
  work: (userId: string) => Promise<number>,
): Promise<number | undefined> {
  const { table } = deps
  const { customerId, id: reviewId } = review
  const left = await findCheckpoint(table, review)
  const begun = { customerId, reviewId, phase, items: 0, failures: 0 }
  let checkpoint: Checkpoint = left?.phase === phase ? left : begun
  let version = versionOf(left)
  let after: Position | undefined = checkpoint.after
  for (;;) {
    if (isTimeUp(deps)) return undefined
    const page = await listUserIds(table, customerId, { limit: usersPerPage, after })
    let { items } = checkpoint
    for (let place = 0; place < page.items.length; place += partSize) {
      const part = page.items.slice(place, place + partSize)
      const counts = await mapConcurrent(part, usersAtOnce, ({ userId }) => work(userId))
      items = counts.reduce((sum, count) => sum + count, items)
      if (isTimeUp(deps)) {
        await saveCheckpoint(table, { ...checkpoint, items, after: part.at(-1)?.at }, version)
        return undefined
      }
    }
    if (!page.next) return items
    after = page.next
    checkpoint = { ...checkpoint, items, after }
    version = await saveCheckpoint(table, checkpoint, version)
  }
}
