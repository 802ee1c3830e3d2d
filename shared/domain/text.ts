import * as v from 'valibot'
import { parseInstant } from './instant.ts'

/** One line of text for people: trimmed, NFC, no control characters, 1 to `max` characters (code points). */
export const line = (max: number) =>
  v.pipe(
    v.string('must be a string'),
    v.check((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    v.transform((text) => text.trim().normalize('NFC')),
    v.check((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'must not contain control characters'),
    v.check((text) => text !== '', 'must not be empty'),
    v.check((text) => [...text].length <= max, `must be at most ${max} characters long`),
  )

/** As `line`, but an empty text counts as absent. */
export const optionalLine = (max: number) =>
  v.union([
    v.pipe(
      v.literal(''),
      v.transform(() => undefined),
    ),
    line(max),
  ])

export const Time = v.pipe(
  v.string('must be a string'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const instant = parseInstant(dataset.value)
    if (instant === undefined) {
      addIssue({ message: 'must be an RFC 3339 time such as 2026-08-21T08:01:14Z' })
      return NEVER
    }
    return instant
  }),
)
export const Reason = line(500)
export const PersonName = line(200)
export const Organisation = line(200)
export const Description = optionalLine(500)
export const ServerId = v.pipe(
  v.string('must be a string'),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores or hyphens',
  ),
)
export const Hostname = v.pipe(
  v.string('must be a string'),
  v.transform((name) => name.toLowerCase()),
  v.regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62}))*$/, 'must be a host name'),
)
