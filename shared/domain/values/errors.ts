/** Every kind of error that the service returns; `shared/http/response/problem.ts` alone knows their HTTP status. */
export type ErrorCode =
  | 'invalid-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'locked'
  | 'type-ceiling'
  | 'quota'
  | 'stale'
  | 'precondition-required'
  | 'too-large'
  | 'unsupported-media-type'
  | 'idempotency-mismatch'
  | 'throttled'
  | 'unavailable'

/** One field that doesn't fit: a JSON Pointer (RFC 6901) into the body, or the parameter's name. */
export type FieldError = { pointer: string; detail: string }

/** The number of problems that an error names, and of input characters that it repeats, at most. */
export const mostProblems = 20
const mostRepeated = 100

/** Shortens a text from outside for use in a message. */
export function excerpt(text: string): string {
  if (text.length <= mostRepeated) return text
  // Don't keep half of a surrogate pair.
  return `${text.slice(0, mostRepeated - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** An error with a closed code. `message` is shown to the caller: no internals, no secrets. */
export class DomainError extends Error {
  override name = 'DomainError'
  readonly code: ErrorCode
  readonly errors: FieldError[]

  constructor(code: ErrorCode, detail: string, errors: FieldError[] = []) {
    super(detail)
    this.code = code
    this.errors = errors
  }
}

/** `forbidden` whatever the access token stands for: one with this scope (RFC 6749, section 3.3) would do. */
export class MissingScopeError extends DomainError {
  readonly scope: 'operator' | 'check'

  constructor(scope: 'operator' | 'check', detail: string) {
    super('forbidden', detail)
    this.scope = scope
  }
}

/** True if an item changed between read and commit: read and plan again. */
export const isStale = (error: unknown): boolean => error instanceof DomainError && error.code === 'stale'

/**
 * Does the work; prefixes the pointers of a thrown `DomainError` with `at`, a JSON Pointer to the part of the input
 * that the work is about.
 */
export function within<T>(at: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (at === undefined || !(error instanceof DomainError)) throw error
    throw located(at, error)
  }
}

/** The error with `at` before each of its pointers. */
export function located(at: string, { code, message, errors }: DomainError): DomainError {
  if (errors.length === 0) return new DomainError(code, message, [{ pointer: at, detail: message }])
  return fieldsError(
    code,
    errors.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })),
  )
}

/** An error that says what is wrong with each field, for the first twenty of them. */
export function fieldsError(code: ErrorCode, errors: readonly FieldError[], where = ''): DomainError {
  const shown = errors
    .slice(0, mostProblems)
    .map(({ pointer, detail }) => ({ pointer: excerpt(pointer), detail }))
  const detail = shown.map((error) => `${error.pointer || 'it'} ${error.detail}`).join('; ')
  return new DomainError(code, `${where}${detail}`, shown)
}
