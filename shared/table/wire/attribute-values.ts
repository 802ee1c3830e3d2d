/** DynamoDB's JSON for a value, of the types that this table stores (API Reference, AttributeValue). */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> }

type Attributes = Record<string, AttributeValue>

export function fromAttributes(attributes: Attributes): Record<string, unknown> {
  const entries = Object.entries(attributes)
  return Object.fromEntries(entries.map(([name, value]) => [name, fromAttribute(value)]))
}

function fromAttribute(value: AttributeValue): unknown {
  if ('S' in value) return value.S
  if ('N' in value) return Number(value.N)
  if ('BOOL' in value) return value.BOOL
  if ('L' in value) return value.L.map(fromAttribute)
  if ('M' in value) return fromAttributes(value.M)
  if ('NULL' in value) return null
  throw new Error(`no item of this table has a value of the type ${Object.keys(value).join()}`)
}

/** Keys and the values of expressions are texts. */
export function toAttributes(texts: Readonly<Record<string, string>>): Attributes {
  return Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]))
}
