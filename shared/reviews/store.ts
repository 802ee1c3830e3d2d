import { levels } from '../domain/entities/role.ts'
import type { DuePage } from '../table/due.ts'
import type { Item, Versioned } from '../table/item.ts'
import { type Key, keys, keyText, parseItemKey, prefixes, reviewPartition } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import { indexes } from '../table/schema.ts'
import type { Table } from '../table/table.ts'
import type { Day } from '../usage/usage.ts'
import type { Evidence } from './model/recommend.ts'
import type { ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import type { ReviewSchedule } from './policy/review-schedule.ts'

/** `loginLinked`, then days by position, empty where there's none: as of, known since, held from, elsewhere, and the last use of each level. */
type StoredEvidence = readonly [boolean, Day, Day, Day, ...Day[]]

/** Stores values by position: names would take as much room as the values, and an item has to fit into one write unit (1 KB). */
export function storedEvidence(evidence: Evidence): StoredEvidence {
  const { asOf, knownSince, heldFrom, lastUse, elsewhere = '', loginLinked } = evidence
  const uses = levels.map((level) => lastUse?.[level] ?? '')
  return [loginLinked, asOf, knownSince, heldFrom, elsewhere, ...uses]
}

export function asEvidence(stored: StoredEvidence): Evidence {
  const [loginLinked, asOf, knownSince, heldFrom, elsewhere = '', ...uses] = stored
  const used = levels
    .map((level, place) => [level, uses[place] ?? ''] as const)
    .filter(([, day]) => day !== '')
  return {
    asOf,
    knownSince,
    heldFrom,
    lastUse: used.length > 0 ? Object.fromEntries(used) : undefined,
    elsewhere: elsewhere === '' ? undefined : elsewhere,
    loginLinked,
  }
}

const dueKind = 'review'

export function scheduleItem({ due, ...schedule }: ReviewSchedule): Key & Record<string, unknown> {
  const key = keys.reviewSchedule(schedule.customerId)
  return { ...schedule, ...key, dueKind: due && dueKind, dueAt: due && `${due}#${keyText(key)}` }
}

function asSchedule(item: Item | undefined): Versioned<ReviewSchedule> | undefined {
  if (!item) return undefined
  const { dueAt, ...schedule } = item as Item & Omit<ReviewSchedule, 'due'> & { dueAt?: string }
  const { customerId, policy, replaced, policySetAt, policyChangedAt, version } = schedule
  const { since, current, taken, lastStartedAt, startDay } = schedule
  const due = dueAt?.slice(0, dueAt.indexOf('#'))
  const started = { lastStartedAt, startDay, due }
  const known = { policy, replaced, policySetAt, policyChangedAt, since, current, taken, ...started }
  return { customerId, version, ...known }
}

export async function findSchedule(table: Table, customerId: string) {
  return asSchedule(await table.get(keys.reviewSchedule(customerId)))
}

/** Keys of the schedules due by then, the longest due first. */
export async function dueSchedules(table: Table, { by, limit, after }: DuePage): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: dueKind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}

export function reviewRecord(review: Review): Key & Record<string, unknown> {
  return { ...review, ...keys.review(review.customerId, review.id) }
}

export const asReview = (item: Item | undefined) => item as Versioned<Review> | undefined

export async function findReview(table: Table, customerId: string, reviewId: string) {
  return asReview(await table.get(keys.review(customerId, reviewId)))
}

/** Newest first. */
export async function listReviews(
  table: Table,
  customerId: string,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<Page<Versioned<Review>>> {
  const { items, next } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.reviews,
    newestFirst: true,
    limit,
    after,
  })
  return { items: items.map(asReview).filter((review) => review !== undefined), next }
}

/** Leaves out the attributes in its key and stores evidence by position: an item has to fit into one write unit (1 KB). */
export function itemRecord(item: ReviewItem): Key & Record<string, unknown> {
  const { customerId, reviewId, userId, resource, terms, evidence, ...rest } = item
  const { roles, capabilities, ...others } = terms
  return {
    ...rest,
    ...keys.reviewItem(customerId, reviewId, { userId, ...resource }),
    evidence: storedEvidence(evidence),
    terms: {
      ...others,
      roles: roles.length > 0 ? roles : undefined,
      capabilities: capabilities.length > 0 ? capabilities : undefined,
    },
  }
}

type Stored = Versioned<
  Omit<ReviewItem, keyof NonNullable<ReturnType<typeof parseItemKey>> | 'terms' | 'evidence'>
> & {
  evidence: StoredEvidence
  terms: Omit<ReviewItem['terms'], 'roles' | 'capabilities'> & Partial<ReviewItem['terms']>
}

export function asReviewItem(item: Item | undefined): Versioned<ReviewItem> | undefined {
  const place = item && parseItemKey(item)
  if (!place) return undefined
  const { pk: _pk, sk: _sk, terms, evidence, ...rest } = item as Item & Stored
  return {
    ...rest,
    ...place,
    terms: { roles: [], capabilities: [], ...terms },
    evidence: asEvidence(evidence),
  }
}

type Place = Pick<ReviewItem, 'customerId' | 'reviewId' | 'userId' | 'resource'>

export const itemKey = ({ customerId, reviewId, userId, resource }: Place): Key =>
  keys.reviewItem(customerId, reviewId, { userId, ...resource })

export async function findReviewItems(
  table: Table,
  places: readonly Place[],
): Promise<(Versioned<ReviewItem> | undefined)[]> {
  return (await table.getMany(places.map(itemKey))).map(asReviewItem)
}

type ReviewRef = Pick<Review, 'customerId' | 'id'>
const partitionOf = ({ customerId, id }: ReviewRef) => reviewPartition(customerId, id)

/** Lists a review's items by user and resource, strongly read. */
export async function listItems(
  table: Table,
  review: ReviewRef,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<Page<Versioned<ReviewItem>>> {
  const query = { partition: partitionOf(review), prefix: prefixes.items, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(asReviewItem).filter((item) => item !== undefined), next }
}

/** Yields all items of a review, or those of one user, page by page. */
export async function* everyItem(
  table: Table,
  review: ReviewRef,
  userId?: string,
): AsyncGenerator<Versioned<ReviewItem>> {
  const prefix = userId === undefined ? prefixes.items : `${prefixes.items}${userId}#`
  for await (const item of table.queryAll({ partition: partitionOf(review), prefix })) {
    const read = asReviewItem(item)
    if (read) yield read
  }
}

/** How far the worker has come in a phase of a review. */
export type Checkpoint = UserCheckpoint | ItemCheckpoint

type CheckpointOf<Phase> = {
  customerId: string
  reviewId: string
  phase: Phase
  /** Position after the last page done. */
  after?: Position | undefined
}

/** Progress of a phase that goes through all users of the customer. */
export type UserCheckpoint = CheckpointOf<'opening' | 'reconciling'> & {
  /** Sum of the results so far. */
  count: number
}

/** Progress of a phase that goes through all items of the review, and repeats for those that fail. */
export type ItemCheckpoint = CheckpointOf<'applying' | 'verifying'> & {
  /** Items of this run that have to be retried. */
  left: number
  /** Position before the first page with any of them; absent: the beginning. */
  again?: Position | undefined
  /** Runs that ended with items to retry. */
  failures: number
}

export const checkpointItem = (checkpoint: Checkpoint) => ({
  ...checkpoint,
  ...keys.checkpoint(checkpoint.customerId, checkpoint.reviewId),
})

export async function findCheckpoint(table: Table, { customerId, id }: ReviewRef) {
  return (await table.get(keys.checkpoint(customerId, id))) as Versioned<Checkpoint & Item> | undefined
}

/** A page of the users with an address, by address; deleted users have none. `at`: position to continue after the user. */
export async function listUserIds(
  table: Table,
  customerId: string,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<Page<{ userId: string; at: Position }>> {
  const { items, next } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.emails,
    only: { attribute: 'holder' },
    limit,
    after,
  })
  return { items: items.map(({ holder, pk, sk }) => ({ userId: String(holder), at: { pk, sk } })), next }
}
