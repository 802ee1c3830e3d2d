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

/** Whether there's a login; then the days by their place, empty where there's none: those of the last use come last. */
export type StoredEvidence = readonly [boolean, Day, Day, Day, ...Day[]]

/** By place instead of by name: names are as long as what they name, and an item is to be one write unit. */
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

/** Ids of the customers at which the clock has to look by then, the longest due first. */
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

/** Without what its key says already, and names where places do: an item is to be one write unit. */
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

/** By user and resource; strongly read. */
export async function listItems(
  table: Table,
  review: ReviewRef,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<Page<Versioned<ReviewItem>>> {
  const query = { partition: partitionOf(review), prefix: prefixes.items, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(asReviewItem).filter((item) => item !== undefined), next }
}

/** All of them, as they come; or those of one user. */
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

/** How far the workers have come with what a review is at. */
export type Checkpoint = {
  customerId: string
  reviewId: string
  phase: 'opening' | 'reconciling' | 'applying' | 'verifying'
  /** Where the walk over users or items goes on. */
  after?: Position | undefined
  /** Items of this walk with something left to do, and where the first page with any begins; absent: at the beginning. */
  left?: number | undefined
  again?: Position | undefined
  /** Items made so far. */
  items: number
  /** Attempts after which something was left to do. */
  failures: number
}

export const checkpointItem = (checkpoint: Checkpoint) => ({
  ...checkpoint,
  ...keys.checkpoint(checkpoint.customerId, checkpoint.reviewId),
})

export async function findCheckpoint(table: Table, { customerId, id }: ReviewRef) {
  return (await table.get(keys.checkpoint(customerId, id))) as Versioned<Checkpoint & Item> | undefined
}

/** A page of the users who have an address now, by address; `at`: where a list goes on after this one. */
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
