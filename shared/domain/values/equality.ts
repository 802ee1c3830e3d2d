/** True for equal JSON: an `undefined` field counts as absent, and the order of fields doesn't matter. */
export const isSameJson = (one: unknown, other: unknown): boolean => inOrder(one) === inOrder(other)

/** True for the same members in any order; neither list may have duplicates. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((member) => other.includes(member))

function inOrder(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
