import * as v from 'valibot'
import { caseFold } from './case-fold.ts'

/** A part of a name, an address or an identifier to search for. */
export const SearchText = v.pipe(
  v.string('must be a string'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must be at most 200 characters long'),
)

/**
 * Returns a test for whether one of the texts contains the part, ignoring case. Without a part every text matches.
 */
export function searchFor(part: string | undefined): (...texts: readonly string[]) => boolean {
  if (part === undefined) return () => true
  const key = caseFold(part)
  return (...texts) => texts.some((text) => caseFold(text).includes(key))
}
