import { longestMatch } from './longest-match.ts'
import type { Schema } from './schema.ts'

/**
 * The schema as generators of clients take it, without another meaning: values have a type, and texts the length that their
 * pattern gives them. JSON names fields by texts anyway.
 */
export function simplify(schema: Schema): Schema {
  const { propertyNames: _, const: only, ...rest } = mapSchemas(schema, simplify)
  // Of several alternatives openapi-python-client tries none after one value.
  if (typeof only === 'string') rest.enum = [only]
  else if (typeof only === 'boolean') Object.assign(rest, { type: 'boolean', const: only })
  else if (only !== undefined) throw new Error('a value is a text or a truth value')
  if (rest.enum?.every((value) => typeof value === 'string')) rest.type ??= 'string'
  // To some an object of no known fields is one without any.
  if (rest.type === 'object' && !rest.properties) rest.additionalProperties ??= true
  // Go has no such thing for one of several types.
  if (rest.anyOf && rest.default !== undefined) {
    rest.description =
      `${rest.description ?? ''} \`${JSON.stringify(rest.default)}\` where it is absent.`.trimStart()
    delete rest.default
  }
  const longest = rest.pattern === undefined ? Number.POSITIVE_INFINITY : longestMatch(rest.pattern)
  if (Number.isFinite(longest)) rest.maxLength ??= longest
  return rest
}

/** What no check limits is limited by the body that it is part of, in bytes. */
export function limitTexts(schema: Schema, most: number): Schema {
  const limited = mapSchemas(schema, (part) => limitTexts(part, most))
  const isOpen = limited.type === 'string' && limited.enum === undefined && limited.const === undefined
  return isOpen ? { ...limited, maxLength: limited.maxLength ?? most } : limited
}

/** The schema with all that it is made of as the function has it. */
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
