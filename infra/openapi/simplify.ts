import { longestMatch } from './longest-match.ts'
import type { Schema } from './schema.ts'

/**
 * Rewrites the schema for client generators, with the same meaning: values have a type, and texts the length that their
 * pattern implies. Names of fields have no schema, as they are texts in JSON.
 */
export function simplify(schema: Schema): Schema {
  const { propertyNames: _, const: only, ...rest } = mapSchemas(schema, simplify)
  // openapi-python-client tries no alternative after a constant.
  if (typeof only === 'string') rest.enum = [only]
  else if (typeof only === 'boolean') Object.assign(rest, { type: 'boolean', const: only })
  else if (only !== undefined) throw new Error('a value is a text or a truth value')
  if (rest.enum?.every((value) => typeof value === 'string')) rest.type ??= 'string'
  // Some generators take an object without known fields for an empty one.
  if (rest.type === 'object' && !rest.properties) rest.additionalProperties ??= true
  // Go can't express it for one of several types.
  if (rest.anyOf && rest.default !== undefined) {
    rest.description =
      `${rest.description ?? ''} \`${JSON.stringify(rest.default)}\` where it is absent.`.trimStart()
    delete rest.default
  }
  const longest = rest.pattern === undefined ? Number.POSITIVE_INFINITY : longestMatch(rest.pattern)
  if (Number.isFinite(longest)) rest.maxLength ??= longest
  return rest
}

/** Bytes of the body: the limit of values without a check. */
export function limitTexts(schema: Schema, most: number): Schema {
  const limited = mapSchemas(schema, (part) => limitTexts(part, most))
  const isOpen = limited.type === 'string' && limited.enum === undefined && limited.const === undefined
  return isOpen ? { ...limited, maxLength: limited.maxLength ?? most } : limited
}

/** Applies the function to the schema and all its parts. */
function mapSchemas(schema: Schema, map: (part: Schema) => Schema): Schema {
  const of = <T extends Schema | boolean>(part: T) => (typeof part === 'boolean' ? part : map(part))
  const { properties, items, additionalProperties, anyOf, oneOf, allOf, ...rest } = schema
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, of(part)])),
    }),
    ...(items !== undefined && { items: Array.isArray(items) ? items.map(of) : of(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: of(additionalProperties) }),
    ...(anyOf && { anyOf: anyOf.map(of) }),
    ...(oneOf && { oneOf: oneOf.map(of) }),
    ...(allOf && { allOf: allOf.map(of) }),
  }
}
