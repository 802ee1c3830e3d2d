/**
 * Whether a value satisfies a pattern of Lambda's event filtering: objects name the fields that count, lists hold
 * the alternatives, each an exact text or a prefix.
 */
export function satisfies(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((alternative) => isLike(value, alternative))
  if (!isObject(pattern)) return false
  return Object.entries(pattern).every(([field, part]) =>
    satisfies(isObject(value) ? value[field] : undefined, part),
  )
}

function isLike(value: unknown, alternative: unknown): boolean {
  if (typeof value !== 'string') return false
  if (isObject(alternative))
    return typeof alternative.prefix === 'string' && value.startsWith(alternative.prefix)
  return value === alternative
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
