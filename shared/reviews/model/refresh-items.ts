import type { Instant } from '../../domain/values/instant.ts'
import type { ItemCandidate } from './item-candidates.ts'
import { earlierOf, isSameGrant, isUndone, itemId, type ItemOutcome, type ReviewItem } from './review-item.ts'

export type Refreshed<T extends ReviewItem> = { before: T | undefined; after: ReviewItem }

/**
 * What has to become of a user's items so that each grant has one: new grants in scope get one, a grant that has changed
 * since is open again, and what isn't held any more, or has changed to something out of the scope, is gone. What is
 * applied already stays. Once decisions have ended, which `endedAt` tells, nobody could answer any more: what has come since
 * has an item, and stays as it is, as what has changed since it was looked at.
 */
export function refreshItems<T extends ReviewItem>(
  found: readonly ItemCandidate[],
  items: readonly T[],
  endedAt?: Instant,
): Refreshed<T>[] {
  const known = new Map(items.map((item) => [itemId(item), item]))
  const held = new Set(found.map(({ item }) => itemId(item)))
  return [
    ...found.flatMap((each): Refreshed<T>[] => {
      const before = known.get(itemId(each.item))
      const after = before ? refreshed(before, each, endedAt) : made(each, endedAt)
      return after ? [{ before, after }] : []
    }),
    ...items
      .filter((item) => isUndone(item) && !held.has(itemId(item)))
      .map((before) => ({ before, after: toGone(before) })),
  ]
}

/** What becomes of an item whose grant isn't there any more. */
export const toGone = (item: ReviewItem, goneBecause = 'not held any more'): ReviewItem => ({
  ...item,
  state: 'gone',
  goneBecause,
  problem: undefined,
})

/** An item of which nothing is left to do, as its grant stays what it is. */
export const toKept = (item: ReviewItem, outcome: ItemOutcome, at: Instant): ReviewItem => ({
  ...item,
  state: 'verified',
  outcome,
  appliedAt: at,
  verifiedAt: at,
  problem: undefined,
})

/** What is done about a grant that isn't any more the one that was looked at. */
export const unchangedOutcome: ItemOutcome = { decision: 'keep', by: 'changed' }

/** `undefined`: the review doesn't look at it. */
function made(
  { item, since, isInScope }: ItemCandidate,
  endedAt: Instant | undefined,
): ReviewItem | undefined {
  if (!isInScope) return undefined
  return endedAt !== undefined && since >= endedAt ? toKept(item, unchangedOutcome, item.createdAt) : item
}

/** `undefined`: nothing that matters has changed. */
function refreshed(
  before: ReviewItem,
  found: ItemCandidate,
  endedAt: Instant | undefined,
): ReviewItem | undefined {
  const { item: now, isInScope } = found
  if (before.state === 'applied' || before.state === 'verified') return undefined
  if (before.state === 'gone') {
    const again = made(found, endedAt)
    return again && reopened(before, again)
  }
  const isSame = isSameGrant(before.terms, now.terms) && before.userType === now.userType
  if (!isSame && !isInScope) return toGone(before, 'not within the scope any more')
  if (!isSame)
    return endedAt === undefined ? reopened(before, now) : toKept(before, unchangedOutcome, now.createdAt)
  if (before.state === 'decided') return undefined
  return adviceOf(before) === adviceOf(now)
    ? undefined
    : { ...now, createdAt: before.createdAt, earlier: before.earlier }
}

function adviceOf({
  recommendation: { advice, because, roles = [], capabilities = [] },
}: ReviewItem): string {
  return [advice, because, ...roles, ...capabilities].join(' ')
}

/** What was decided, was decided about something else. */
const reopened = (before: ReviewItem, now: ReviewItem): ReviewItem => ({
  ...now,
  createdAt: before.createdAt,
  earlier: earlierOf(before),
})
