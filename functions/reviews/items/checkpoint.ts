import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import {
  type Checkpoint,
  checkpointItem,
  findCheckpoint,
  type ItemCheckpoint,
  listItems,
  listUserIds,
  type UserCheckpoint,
} from '../../../shared/reviews/store.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { nextVersion, type Version, type Versioned, versionOf } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import { isTimeUp, type ReviewContext, type ReviewDeps } from './deps.ts'

/** Saves a checkpoint and returns its new version. Fails as stale if a concurrent run has saved one. */
async function saveCheckpoint(
  table: Table,
  checkpoint: Checkpoint,
  expectedVersion: Version,
): Promise<number> {
  await table.transact([{ put: checkpointItem(checkpoint), expectedVersion }])
  return nextVersion(expectedVersion)
}

const firstOfItems = ({ review }: ReviewContext, phase: ItemCheckpoint['phase']): ItemCheckpoint => ({
  customerId: review.customerId,
  reviewId: review.id,
  phase,
  left: 0,
  failures: 0,
})

/** Begins the verifying phase, so that no later invocation applies items again. */
export async function beginVerifying(table: Table, reviewContext: ReviewContext): Promise<void> {
  const found = await findCheckpoint(table, reviewContext.review)
  await saveCheckpoint(table, firstOfItems(reviewContext, 'verifying'), versionOf(found))
}

/** One page's work: the checkpoint after it, and whether to continue. */
type PageResult<C extends Checkpoint> = { checkpoint: C; next: 'page' | 'end' | 'time-up' }

/**
 * Works page by page, from the phase's checkpoint on where an earlier invocation has left one, and saves it after each page
 * but the last. `undefined`: time is up. A concurrent run makes it fail as stale: the rest is the other's.
 */
async function forEachPage<C extends Checkpoint>(
  deps: ReviewDeps,
  { review }: ReviewContext,
  first: C,
  work: (checkpoint: C) => Promise<PageResult<C>>,
): Promise<{ checkpoint: C; version: Version } | undefined> {
  const { table } = deps
  const found = await findCheckpoint(table, review)
  const isOfPhase = (saved: Checkpoint | undefined): saved is C => saved?.phase === first.phase
  let checkpoint = isOfPhase(found) ? found : first
  let version = versionOf(found)
  while (!isTimeUp(deps)) {
    const result = await work(checkpoint)
    checkpoint = result.checkpoint
    if (result.next === 'end') return { checkpoint, version }
    version = await saveCheckpoint(table, checkpoint, version)
    if (result.next === 'time-up') return undefined
  }
  return undefined
}

const itemsPerPage = 100
/** Users whose items are worked on at the same time. */
const itemsAtOnce = 8

/** `unfinished`: time is up. `left`: so many items have to be retried, as in so many runs so far. */
export type BatchResult =
  | { end: 'unfinished' }
  | { end: 'left'; count: number; failures: number }
  | { end: 'done' }

/**
 * Works on every item of the review, those of one user together. `work` returns how many of them have to be retried: the
 * run continues all the same, so that they don't hold up the others, and the next run begins with the first page that had any.
 */
export async function forEachItemPage(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  phase: ItemCheckpoint['phase'],
  work: (items: Versioned<ReviewItem>[]) => Promise<number>,
): Promise<BatchResult> {
  const { table } = deps
  const first = firstOfItems(reviewContext, phase)
  const run = await forEachPage<ItemCheckpoint>(deps, reviewContext, first, async (checkpoint) => {
    const { after } = checkpoint
    const page = await listItems(table, reviewContext.review, { limit: itemsPerPage, after })
    const users = Map.groupBy(page.items, ({ userId }) => userId)
    const count = sum(await mapConcurrent([...users.values()], itemsAtOnce, work))
    const isFirstLeft = checkpoint.left === 0 && count > 0
    const again = isFirstLeft ? after : checkpoint.again
    const left = checkpoint.left + count
    return { checkpoint: { ...checkpoint, after: page.next, left, again }, next: page.next ? 'page' : 'end' }
  })
  if (!run) return { end: 'unfinished' }
  const { left: count, again: after, failures: before } = run.checkpoint
  if (count === 0) return { end: 'done' }
  const failures = before + 1
  const retry = { ...run.checkpoint, after, left: 0, again: undefined, failures }
  await saveCheckpoint(table, retry, run.version)
  return { end: 'left', count, failures }
}

const usersPerPage = 100
/** Users between two looks at the clock, some of them at the same time: one may hold thousands of grants. */
const usersPerPart = 8
const usersAtOnce = 4

/**
 * Works on every user of a customer, by e-mail address. Returns the sum of the results of `work`; `undefined`: time is up, and
 * the checkpoint is after the last user done.
 */
export async function forEachUserPage(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  phase: UserCheckpoint['phase'],
  work: (userId: string) => Promise<number>,
): Promise<number | undefined> {
  const { customerId, id: reviewId } = reviewContext.review
  const first: UserCheckpoint = { customerId, reviewId, phase, count: 0 }
  const run = await forEachPage<UserCheckpoint>(deps, reviewContext, first, async (checkpoint) => {
    const { after } = checkpoint
    const page = await listUserIds(deps.table, customerId, { limit: usersPerPage, after })
    let { count } = checkpoint
    for (let place = 0; place < page.items.length; place += usersPerPart) {
      const part = page.items.slice(place, place + usersPerPart)
      count += sum(await mapConcurrent(part, usersAtOnce, ({ userId }) => work(userId)))
      if (isTimeUp(deps)) {
        return { checkpoint: { ...checkpoint, count, after: part.at(-1)?.at }, next: 'time-up' }
      }
    }
    return { checkpoint: { ...checkpoint, count, after: page.next }, next: page.next ? 'page' : 'end' }
  })
  return run?.checkpoint.count
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
