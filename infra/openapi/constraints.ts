import { roles } from '../../shared/domain/role.ts'
import type { Schema } from './schema.ts'

/** Checks that are code, by what they say where a value doesn't fit: the keywords for it. */
const constraints: [says: RegExp, (captured: number) => Schema][] = [
  [/^must be well-formed Unicode$/, () => ({})],
  [/^must not have more than 30 combining marks in a row$/, () => ({})],
  [/^must not be empty$/, () => ({ minLength: 1, pattern: String.raw`\S` })],
  [/^must be at most (\d+) characters long$/, (maxLength) => ({ maxLength })],
  [/^must not name the same twice$/, () => ({ uniqueItems: true })],
  [/^must be an object$/, () => ({ type: 'object' })],
  [/^must be an ISO 3166-1 alpha-2 country code$/, () => ({ pattern: '^[A-Z]{2}$' })],
  [/^must be `<service>:<level>` or `full`$/, () => ({ type: 'string', enum: [...roles] })],
]

/** The schema with what a check says: as keywords where there are any for it, and in words otherwise. */
export function keywordsFor(says: string, schema: Schema): Schema {
  for (const [pattern, told] of constraints) {
    const [whole, captured] = pattern.exec(says) ?? []
    if (whole !== undefined) return both(schema, told(Number(captured)))
  }
  if (says === '') throw new Error('a check without words cannot be told in the document')
  return { ...schema, description: schema.description ? `${schema.description} It ${says}.` : `It ${says}.` }
}

/** What fits the schema and the keywords as well; of two patterns none gets lost. */
export function both(schema: Schema, keywords: Schema): Schema {
  if (schema.pattern === undefined || keywords.pattern === undefined) return { ...schema, ...keywords }
  const { pattern, ...rest } = keywords
  return { ...schema, ...rest, allOf: [...(schema.allOf ?? []), { pattern }] }
}
