import type { Context } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'

/**
 * The preconditions of a request (RFC 9110, section 13.1). If-Modified-Since and If-Unmodified-Since are none: no
 * resource has a modification date here (13.1.3, 13.1.4), as two changes may share a second, and fields that come from
 * other resources change without `updatedAt`. There are no ranges, so If-Range is none either.
 */
type Preconditions = { ifMatch: string | undefined; ifNoneMatch: string | undefined }

/** The representation that they are compared with, and its ETag if it has one; `undefined` where there is none. */
export type Current = { etag?: string | undefined } | undefined

export function preconditionsOf({ req }: Pick<Context, 'req'>): Preconditions {
  return { ifMatch: req.header('if-match'), ifNoneMatch: req.header('if-none-match') }
}

/**
 * For a change, in the order of section 13.2.2. Throws `invalid-request` for a malformed header, `precondition-required`
 * where If-Match is required and missing or `*`, `stale` where one of them isn't met.
 */
export function checkPreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  current: Current,
  { required = false }: { required?: boolean } = {},
): void {
  const wanted = parse('If-Match', ifMatch)
  const unwanted = parse('If-None-Match', ifNoneMatch)
  if (required && (wanted === undefined || wanted === any)) throw preconditionRequired()
  if (wanted !== undefined && !isAmong(wanted, current))
    throw stale('It is not, or not any more, as If-Match says.')
  if (unwanted !== undefined && isAmong(weakened(unwanted), current)) {
    throw stale('It is there already, as If-None-Match says that it must not be.')
  }
}

/**
 * For GET and HEAD; returns true for 304, and throws as `checkPreconditions` does. `isWhole`: whether the ETag covers the whole
 * response; if not, a matching ETag isn't enough.
 */
export function isNotModified(
  { ifMatch, ifNoneMatch }: Preconditions,
  current: Current,
  { isWhole }: { isWhole: boolean },
): boolean {
  const known = parse('If-None-Match', ifNoneMatch)
  checkPreconditions({ ifMatch, ifNoneMatch: undefined }, current)
  if (known === undefined || (known !== any && !isWhole)) return false
  return isAmong(weakened(known), current)
}

const any = '*'
type Etags = typeof any | readonly string[]

/** Our ETags are strong, so that a weak one never matches (8.8.3.2). */
const isAmong = (tags: Etags, current: Current): boolean =>
  tags === any ? current !== undefined : tags.some((each) => each === current?.etag)

/** For the weak comparison. */
const weakened = (tags: Etags): Etags => (tags === any ? any : tags.map((each) => each.replace(/^W\//, '')))

const etag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const list = new RegExp(`^[ \\t]*(?:,[ \\t]*)*${etag}(?:[ \\t]*,(?:[ \\t]*${etag})?)*[ \\t]*$`)

function parse(name: 'If-Match' | 'If-None-Match', header: string | undefined): Etags | undefined {
  if (header === undefined) return undefined
  if (/^[ \t]*\*[ \t]*$/.test(header)) return any
  if (!list.test(header)) throw malformed(name)
  return [...header.matchAll(new RegExp(etag, 'g'))].map(([each]) => each)
}

const stale = (detail: string) => new DomainError('stale', detail)

function malformed(name: string): DomainError {
  return new DomainError('invalid-request', `The ${name} header is no list of entity tags.`, [
    { pointer: name, detail: 'must be "*" or a list of entity tags in double quotes' },
  ])
}

function preconditionRequired(): DomainError {
  return new DomainError(
    'precondition-required',
    'This is hard to take back: If-Match must give the ETag of what was seen, and not "*".',
  )
}
