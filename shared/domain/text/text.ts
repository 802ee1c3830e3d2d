import * as v from 'valibot'
import { parseInstant } from '../values/instant.ts'
import { describeHidden, findHidden, type Joiners } from './hidden-character.ts'
import { lazyPattern } from './lazy-pattern.ts'

/**
 * More combining marks in a row than the Stream-Safe Text Format allows (UAX #15, 13): the cost of normalising grows
 * with the square of their number.
 */
export const tooManyMarks = lazyPattern(String.raw`\p{M}{31}`, 'u')

/** UTF-16 units that NFC composes into one character, at most; a test checks all of Unicode. */
const longestDecomposition = 6
const mark = '\ufeff'

/**
 * One line of text: trimmed, NFC, 1 to `max` characters (code points), none of them hidden except `joiners`. The
 * length is checked first, as all other work grows with it.
 */
export const line = (max: number, joiners: Joiners = 'none') =>
  v.pipe(
    possiblyEmpty(max, joiners),
    v.check((text) => text !== '', 'must not be empty'),
  )

/** A `line`, absent for an empty text. */
const optionalLine = (max: number, joiners: Joiners = 'none') =>
  v.pipe(
    possiblyEmpty(max, joiners),
    v.transform((text) => text || undefined),
  )

function possiblyEmpty(max: number, joiners: Joiners) {
  // To trim() a byte order mark is white space.
  const hiddenIn = (text: string) => (text.includes(mark) ? mark : findHidden(text.trim(), joiners))
  const tooLong = `must be at most ${max} characters long`
  return v.pipe(
    v.string('must be a string'),
    v.check((text) => text.length <= longestDecomposition * max, tooLong),
    v.check((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    v.check((text) => !tooManyMarks().test(text), 'must not have more than 30 combining marks in a row'),
    v.check(
      (text) => hiddenIn(text) === undefined,
      ({ input }) => describeHidden(hiddenIn(input) ?? ''),
    ),
    v.transform((text) => text.trim().normalize('NFC')),
    v.check((text) => [...text].length <= max, tooLong),
  )
}

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
export const Reason = line(500, 'emoji')
export const PersonName = line(200, 'letters')
export const Organisation = line(200, 'letters')
export const Description = optionalLine(500, 'emoji')
export const ServerId = v.pipe(
  v.string('must be a string'),
  v.regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores or hyphens',
  ),
)

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
/** Without lookahead: the OpenAPI document contains it, and not every language's patterns support that. */
const labels = new RegExp(`^(?:${label}\\.)*${label}$`)
const longestHostname = 253
const notHostname = 'must be a host name: labels of letters, digits and inner hyphens, with dots between them'

/**
 * A host name (RFC 952, RFC 1123, 2.1), lower-cased: labels of 1 to 63 letters, digits and inner hyphens, 253 characters
 * in all, not a number at its end (an address is no name), and no dot there either.
 */
export const Hostname = v.pipe(
  v.string('must be a string'),
  v.maxLength(longestHostname, notHostname),
  // Before lower-casing, which turns the Kelvin sign into k.
  v.regex(labels, notHostname),
  v.check((name) => !/(^|\.)[0-9]+$/.test(name), notHostname),
  v.transform((name) => name.toLowerCase()),
)
