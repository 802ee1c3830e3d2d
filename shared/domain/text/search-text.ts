import * as v from 'valibot'
import { caseFold } from './case-fold.ts'

/** A part of a name, an address or an identifier that somebody looks for. */
export const SearchText = v.pipe(
  v.string('must be a string'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must be at most 200 characters long'),
)

/** Returns whether one of the texts contains the part, ignoring case; anything does where no part is looked for. */
export function searchFor(part: string | undefined): (...texts: readonly string[]) => boolean {
  if (part === undefined) return () => true
  const key = caseFold(part)
  return (...texts) => texts.some((text) => caseFold(text).includes(key))
}
