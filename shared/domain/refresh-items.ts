import type { ReviewItem } from './review-item.ts'
import { earlierOf, isSameGrant, itemId } from './review-item.ts'

/** What a review has of a user, and what the user holds now, each with whether it's within the scope. */
type Found = { item: ReviewItem; isInScope: boolean }
export type Refreshed<T extends ReviewItem> = { before: T | undefined; after: ReviewItem }

/**
 * What has to become of a user's items so that each grant has one: new grants in scope get one, a grant that has changed
 * since is open again, and what isn't held any more, or has changed to something out of the scope, is gone. What is
 * applied already stays.
 */
export function refreshItems<T extends ReviewItem>(
  found: readonly Found[],
  items: readonly T[],
): Refreshed<T>[] {
  const known = new Map(items.map((item) => [itemId(item), item]))
  const held = new Set(found.map(({ item }) => itemId(item)))
  return [
    ...found.flatMap(({ item, isInScope }): Refreshed<T>[] => {
      const before = known.get(itemId(item))
      if (!before) return isInScope ? [{ before, after: item }] : []
      const after = refreshed(before, item, isInScope)
      return after ? [{ before, after }] : []
    }),
    ...items
      .filter((item) => isUndone(item) && !held.has(itemId(item)))
      .map((before) => ({ before, after: gone(before) })),
  ]
}

/** What becomes of an item whose grant isn't there any more. */
export const gone = (item: ReviewItem, goneBecause = 'not held any more'): ReviewItem => ({
  ...item,
  state: 'gone',
  goneBecause,
  problem: undefined,
})

const isUndone = ({ state }: ReviewItem): boolean => state === 'open' || state === 'decided'

/** `undefined`: nothing that matters has changed. */
function refreshed(before: ReviewItem, now: ReviewItem, isInScope: boolean): ReviewItem | undefined {
  if (before.state === 'applied' || before.state === 'verified') return undefined
  const isSame = isSameGrant(before.terms, now.terms) && before.userType === now.userType
  if (before.state === 'gone') return isInScope ? reopened(before, now) : undefined
  if (!isSame) return isInScope ? reopened(before, now) : gone(before, 'not within the scope any more')
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
