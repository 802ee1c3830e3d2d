import { roles } from '../../shared/domain/entities/role.ts'
import type { Schema } from './schema.ts'

/** Refused characters, without the byte order mark, which Go source can't have. */
const hidden = String.raw`\x00-\x1f\x7f-\x9f`
/** Patterns of texts of one line, which may be empty or not. */
const shown = `^[^${hidden}]*$`
const line = String.raw`^[^${hidden}]*[^${hidden}\s][^${hidden}]*$`
/** Texts that one of the two patterns, or both, don't match. */
const probes = ['', ' ', '\t', '\0', '\x7f']

/** The keywords for checks that are code, by the check's message. */
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

/** Keywords for the check for hidden characters, whose message names the character. */
export const withoutHidden = (schema: Schema): Schema =>
  inWords('must not contain invisible or control characters', both(schema, { pattern: shown }))

/** Adds a check to the schema: as keywords if there are any, in words otherwise. */
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

/** Merges schema and keywords. Generators can't express two patterns of a text: one must do. */
export function both(schema: Schema, keywords: Schema): Schema {
  const { pattern } = keywords
  if (schema.pattern === undefined || pattern === undefined) return { ...schema, ...keywords }
  const [one, other] = [new RegExp(schema.pattern), new RegExp(pattern)]
  if (probes.some((probe) => other.test(probe) && !one.test(probe))) {
    throw new Error(`the pattern ${pattern} does not say what ${schema.pattern} does`)
  }
  return { ...schema, ...keywords }
}
