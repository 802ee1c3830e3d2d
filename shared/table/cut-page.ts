import type { Page, Position } from './query.ts'

/**
 * A page of at most `limit` items out of one that was read with `limit + 1`, so that the last page knows that it is the
 * last. `positionOf` is where the next one goes on.
 */
export function cutPage<T>(
  { items, next }: Page<T>,
  limit: number,
  positionOf: (last: T) => Position,
): Page<T> {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown, next: items.length > limit && last !== undefined ? positionOf(last) : next }
}

export type Part = { limit: number; after?: Position | undefined }

/** Reads on until the page is full, `rounds` times at most: what is deleted or doesn't fit makes single ones short. */
export async function fillPage<T>(
  { limit, after }: Part,
  rounds: number,
  read: (part: Part) => Promise<Page<T>>,
  positionOf: (last: T) => Position,
): Promise<Page<T>> {
  const found: T[] = []
  let next = after
  for (let round = 0; round < rounds && found.length <= limit; round++) {
    const page = await read({ limit: limit + 1 - found.length, after: next })
    found.push(...page.items)
    next = page.next
    if (!next) break
  }
  return cutPage({ items: found, next }, limit, positionOf)
}
