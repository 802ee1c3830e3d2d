import { DomainError } from '../domain/errors.ts'

const throttling =
  /^(Throttling(Exception|Error)?|ProvisionedThroughputExceeded(Exception)?|RequestLimitExceeded)$/
const unreachable = /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/

/**
 * What a caller is told where the database can't be reached, or has too much to do, after all of the SDK's own attempts:
 * `unavailable` or `throttled`. Any other error as it is.
 */
export function asRefusal(error: Error): Error {
  if (error instanceof DomainError) return error
  const code = throttling.test(error.name) ? 'throttled' : isUnreachable(error) ? 'unavailable' : undefined
  if (code === undefined) return error
  const refusal = new DomainError(code, 'The service has trouble with its database just now; try again.')
  refusal.cause = error
  return refusal
}

function isUnreachable(error: Error): boolean {
  if ('$fault' in error) return error.$fault === 'server'
  return error.name === 'TimeoutError' || ('code' in error && unreachable.test(String(error.code)))
}
