import type { GrantTerms } from '../../domain/access/entitlements.ts'
import type { UserType } from '../../domain/entities/user-type.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { ItemCandidate } from './item-candidates.ts'
import { earlierOf, isSameGrant, isUndone, itemId, type ItemOutcome, type ReviewItem } from './review-item.ts'

type ItemUpdate<T extends ReviewItem> = { before: T | undefined; after: ReviewItem }

/**
 * Returns the updates after which each grant in scope has one item: a new grant gets one, a changed one opens again, and
 * the item of a grant that is no longer held, or has changed out of the scope, is gone. Applied items stay. `endedAt`: once
 * decisions have ended, nobody could decide on a changed grant, so its item keeps it as it is.
 */
export function refreshItems<T extends ReviewItem>(
  candidates: readonly ItemCandidate[],
  items: readonly T[],
  endedAt?: Instant,
): ItemUpdate<T>[] {
  const existing = new Map(items.map((item) => [itemId(item), item]))
  const held = new Set(candidates.map(({ item }) => itemId(item)))
  return [
    ...candidates.flatMap((candidate): ItemUpdate<T>[] => {
      const before = existing.get(itemId(candidate.item))
      const after = before ? refreshed(before, candidate, endedAt) : created(candidate, endedAt)
      return after ? [{ before, after }] : []
    }),
    ...items
      .filter((item) => isUndone(item) && !held.has(itemId(item)))
      .map((before) => ({ before, after: toGone(before) })),
  ]
}

/** The item once its grant is no longer there. */
export const toGone = (item: ReviewItem, goneBecause = 'not held any more'): ReviewItem => ({
  ...item,
  state: 'gone',
  goneBecause,
  problem: undefined,
})

/** The item with nothing left to do, as its grant stays what it is. */
export const toKept = (item: ReviewItem, outcome: ItemOutcome, at: Instant): ReviewItem => ({
  ...item,
  state: 'verified',
  outcome,
  appliedAt: at,
  verifiedAt: at,
  problem: undefined,
})

/** The item once the directory says what its outcome does. */
export const toApplied = (item: ReviewItem, outcome: ItemOutcome, appliedAt: Instant): ReviewItem => ({
  ...item,
  state: 'applied',
  outcome,
  appliedAt,
  problem: undefined,
})

/** The outcome of an item whose grant has changed since it was reviewed: it stays. */
export const unchangedOutcome: ItemOutcome = { decision: 'keep', by: 'changed' }

/** A grant as the directory has it now, and the type of its user. */
export type EffectiveItem = { terms: GrantTerms; userType: UserType }

/**
 * Tells how applying treats an item. `gone`: its grant is no longer held. `unchanged`: the grant has changed since it was
 * reviewed, and stays. `keep`: the outcome leaves all of it. `apply`: the outcome takes some or all of it.
 */
export function fateOf(
  item: ReviewItem,
  effective: EffectiveItem | undefined,
  { decision, until }: ItemOutcome,
): 'gone' | 'unchanged' | 'keep' | 'apply' {
  if (!effective) return 'gone'
  if (!isSameGrant(effective.terms, item.terms) || effective.userType !== item.userType) return 'unchanged'
  return decision === 'keep' && until === undefined ? 'keep' : 'apply'
}

/** `undefined`: the grant isn't in the scope. */
function created(
  { item, since, isInScope }: ItemCandidate,
  endedAt: Instant | undefined,
): ReviewItem | undefined {
  if (!isInScope) return undefined
  return endedAt !== undefined && since >= endedAt ? toKept(item, unchangedOutcome, item.createdAt) : item
}

/** `undefined`: nothing that matters to a reviewer has changed. */
function refreshed(
  before: ReviewItem,
  candidate: ItemCandidate,
  endedAt: Instant | undefined,
): ReviewItem | undefined {
  const { item: now, isInScope } = candidate
  if (before.state === 'applied' || before.state === 'verified') return undefined
  if (before.state === 'gone') {
    const again = created(candidate, endedAt)
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

/** The decision so far was about another grant: it only counts as an earlier one. */
const reopened = (before: ReviewItem, now: ReviewItem): ReviewItem => ({
  ...now,
  createdAt: before.createdAt,
  earlier: earlierOf(before),
})
