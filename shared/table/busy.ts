import { DomainError } from '../domain/errors.ts'

/** What a write comes to that still meets others after all attempts. */
export function busy(cause: unknown): DomainError {
  const error = new DomainError('unavailable', 'too many changes to the same things at once; try again')
  error.cause = cause
  return error
}
