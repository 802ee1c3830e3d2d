/** True for equal JSON: a field that is `undefined` is none, and fields stand in any order. */
export const isSameJson = (one: unknown, other: unknown): boolean => inOrder(one) === inOrder(other)

/** True for the same members in any order; neither names one twice. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((member) => other.includes(member))

function inOrder(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
