import { roles } from '../../shared/domain/entities/role.ts'
import type { Schema } from './schema.ts'

/** Of the characters that are refused those that stand in no client's source, where Go takes no byte order mark. */
const hidden = String.raw`\x00-\x1f\x7f-\x9f`
/** Of texts of one line, which may be empty; and of such as may not be. */
const shown = `^[^${hidden}]*$`
const line = String.raw`^[^${hidden}]*[^${hidden}\s][^${hidden}]*$`
/** What one of the two doesn't fit, or neither. */
const probes = ['', ' ', '\t', '\0', '\x7f']

/** Checks that are code, by what they say where a value doesn't fit: the keywords for it. */
const constraints: [says: RegExp, (captured: number) => Schema][] = [
  [/^must be well-formed Unicode$/, () => ({})],
  [/^must not have more than 30 combining marks in a row$/, () => ({})],
  [/^must not be empty$/, () => ({ minLength: 1, pattern: line })],
  [/^must be at most (\d+) characters long$/, (maxLength) => ({ maxLength })],
  [/^must not name the same twice$/, () => ({ uniqueItems: true })],
  [/^must be a host name: /, () => ({ not: { pattern: String.raw`(^|\.)[0-9]+$` } })],
  [/^must be an object$/, () => ({ type: 'object' })],
  [/^must be an ISO 3166-1 alpha-2 country code$/, () => ({ pattern: '^[A-Z]{2}$' })],
  [/^must be `<service>:<level>` or `full`$/, () => ({ type: 'string', enum: [...roles] })],
]

/** What a check for hidden characters comes to, which says which it has found. */
export const withoutHidden = (schema: Schema): Schema =>
  inWords('must not contain invisible or control characters', both(schema, { pattern: shown }))

/** The schema with what a check says: as keywords where there are any for it, and in words otherwise. */
export function keywordsFor(says: string, schema: Schema): Schema {
  for (const [pattern, told] of constraints) {
    const [whole, captured] = pattern.exec(says) ?? []
    if (whole !== undefined) return both(schema, told(Number(captured)))
  }
  if (says === '') throw new Error('a check without words cannot be told in the document')
  return inWords(says, schema)
}

const inWords = (says: string, schema: Schema): Schema => ({
  ...schema,
  description: schema.description ? `${schema.description} It ${says}.` : `It ${says}.`,
})

/** What fits the schema and the keywords as well. Of two patterns, which generators know no way to say, one must do. */
export function both(schema: Schema, keywords: Schema): Schema {
  const { pattern } = keywords
  if (schema.pattern === undefined || pattern === undefined) return { ...schema, ...keywords }
  const [one, other] = [new RegExp(schema.pattern), new RegExp(pattern)]
  if (probes.some((probe) => other.test(probe) && !one.test(probe))) {
    throw new Error(`the pattern ${pattern} does not say what ${schema.pattern} does`)
  }
  return { ...schema, ...keywords }
}
