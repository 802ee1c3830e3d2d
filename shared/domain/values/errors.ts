/** Every way the service can refuse; `shared/http/response/problem.ts` is the one place that knows their HTTP status. */
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

/** Problems that a refusal names, and characters of what was sent that it repeats, at most. */
export const mostProblems = 20
const mostRepeated = 100

/** A text of somebody else's, as a message may have it. */
export function excerpt(text: string): string {
  if (text.length <= mostRepeated) return text
  // Not half of a character of two units.
  return `${text.slice(0, mostRepeated - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** A refusal with a closed code. `message` is shown to the caller: no internals, no secrets. */
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

/** `forbidden`, whomever the access token stands for: one with this scope (RFC 6749, section 3.3) would do. */
export class MissingScopeError extends DomainError {
  readonly scope: 'operator' | 'check'

  constructor(scope: 'operator' | 'check', detail: string) {
    super('forbidden', detail)
    this.scope = scope
  }
}

/** What was read has changed before the commit: read and plan again. */
export const isStale = (error: unknown): boolean => error instanceof DomainError && error.code === 'stale'

/** Does the work; a refusal of it tells where in what was sent that stands: `at`, a JSON Pointer, before its own ones. */
export function within<T>(at: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (at === undefined || !(error instanceof DomainError)) throw error
    throw located(at, error)
  }
}

/** The refusal with where it stands in what was sent. */
export function located(at: string, { code, message, errors }: DomainError): DomainError {
  if (errors.length === 0) return new DomainError(code, message, [{ pointer: at, detail: message }])
  return causeOf(
    code,
    errors.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail })),
  )
}

/** A refusal that says what is wrong with each field, the first twenty of them. */
export function causeOf(code: ErrorCode, errors: readonly FieldError[], where = ''): DomainError {
  const told = errors
    .slice(0, mostProblems)
    .map(({ pointer, detail }) => ({ pointer: excerpt(pointer), detail }))
  const detail = told.map((error) => `${error.pointer || 'it'} ${error.detail}`).join('; ')
  return new DomainError(code, `${where}${detail}`, told)
}
