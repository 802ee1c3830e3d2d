/**
 * Bytes of an item as DynamoDB counts them: names and texts in UTF-8; three for a list or map, and one for each thing in it.
 * What is undefined isn't stored.
 */
export function itemSize(item: Record<string, unknown>): number {
  return Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0)
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + 1 + valueSize(each), 3)
  if (typeof value !== 'object' || value === null) return 1
  const members = Object.values(value).filter((member) => member !== undefined)
  return 3 + members.length + itemSize({ ...value })
}
