import { DomainError } from '../domain/errors.ts'

const tag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const list = new RegExp(`^[ \\t]*(?:,[ \\t]*)*${tag}(?:[ \\t]*,(?:[ \\t]*${tag})?)*[ \\t]*$`)

/**
 * `If-Match` of a change (RFC 9110, section 13.1.1: strong comparison). `etag` is of the resource as it is, `undefined`
 * where there's none. Throws `invalid-request` for what is no such header, `precondition-required` where it is required
 * and missing or `*`, `stale` where it doesn't match.
 */
export function checkIfMatch(
  header: string | undefined,
  etag: string | undefined,
  { required }: { required: boolean },
): void {
  const isAny = header?.trim() === '*'
  if (header !== undefined && !isAny && !list.test(header)) throw malformed()
  if (required && (header === undefined || isAny)) throw preconditionRequired()
  if (header === undefined) return
  const matches = isAny ? etag !== undefined : tagsOf(header).some((each) => each === etag)
  if (!matches) throw new DomainError('stale', 'It is not, or not any more, as If-Match says.')
}

function tagsOf(header: string): string[] {
  return [...header.matchAll(new RegExp(tag, 'g'))].map(([each]) => each)
}

function malformed(): DomainError {
  return new DomainError('invalid-request', 'The If-Match header is no list of entity tags.', [
    { pointer: 'If-Match', detail: 'must be "*" or a list of entity tags in double quotes' },
  ])
}

function preconditionRequired(): DomainError {
  return new DomainError(
    'precondition-required',
    'This is hard to take back: If-Match must give the ETag of what was seen, and not "*".',
  )
}
