import { DomainError, type ErrorCode } from '../domain/values/errors.ts'

/**
 * DynamoDB's documented exceptions that aren't a bug of ours (Amazon DynamoDB API Reference, Common Errors; Developer
 * Guide, Error handling with DynamoDB). Every other exception is one, such as `ValidationException`.
 */
const exceptions: Partial<Record<ErrorCode, readonly string[]>> = {
  throttled: [
    'LimitExceeded',
    'ProvisionedThroughputExceeded',
    'RequestLimitExceeded',
    'Throttling',
    'ThrottlingError',
    'TooManyRequests',
  ],
  unavailable: [
    'IdempotentParameterMismatch',
    'InternalFailure',
    'InternalServerError',
    'ReplicatedWriteConflict',
    'RequestTimeout',
    'ServiceUnavailable',
    'TransactionConflict',
    'TransactionInProgress',
    // The table, the right to it or valid credentials are missing: the operator has to mend that.
    'AccessDenied',
    'CredentialsProviderError',
    'ExpiredToken',
    'IncompleteSignature',
    'InaccessibleEncryptionCredentials',
    'InvalidClientTokenId',
    'InvalidSignature',
    'MissingAuthenticationToken',
    'NotAuthorized',
    'OptInRequired',
    'RequestExpired',
    'RequestTimeTooSkewed',
    'ResourceInUse',
    'ResourceNotFound',
    'UnrecognizedClient',
  ],
  quota: ['ItemCollectionSizeLimitExceeded'],
}
const codes = new Map(
  Object.entries(exceptions).flatMap(([code, names]) =>
    names.map((name) => [name, code as ErrorCode] as const),
  ),
)

/** Codes of connections that broke or couldn't be made: Node's own, and those of TLS and of its HTTP parser. */
const unreachable =
  /^(E(CONN\w+|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL|PROTO|MFILE)|ERR_(STREAM|TLS|SSL)_\w+|HPE_\w+|CERT_\w+|\w+_CERT\w*)$/

/**
 * Returns the error that a caller gets after all of the SDK's own attempts: `unavailable` if the database can't be
 * reached, `throttled` if it is overloaded, `quota` if it can hold no more. Other errors are returned as they are.
 */
export function asDomainError(error: Error): Error {
  if (error instanceof DomainError) return error
  const code = codeOf(error)
  if (code === undefined) return error
  const domainError = new DomainError(
    code,
    code === 'quota'
      ? 'The database can hold no more of this.'
      : 'The service has trouble with its database just now; try again.',
  )
  domainError.cause = error
  return domainError
}

function codeOf(error: Error): ErrorCode | undefined {
  const named = codes.get(error.name.replace(/Exception$/, ''))
  if (named) return named
  const status = statusOf(error)
  if (status === 429) return 'throttled'
  return isUnreachable(error) || status === 408 || status >= 500 ? 'unavailable' : undefined
}

function isUnreachable(error: Error): boolean {
  if ('$fault' in error) return error.$fault === 'server'
  // A response that can't be parsed isn't DynamoDB's: it is a proxy's, or cut off.
  if (error instanceof SyntaxError) return '$response' in error
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true
  return 'code' in error && unreachable.test(String(error.code))
}

function statusOf(error: Error): number {
  const metadata = '$metadata' in error ? error.$metadata : undefined
  const isKnown = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  return isKnown ? Number(metadata.httpStatusCode) : 0
}
