import { DomainError, type ErrorCode } from '../domain/values/errors.ts'

/**
 * The exceptions that DynamoDB documents, for the operations used here and for all of them, whose answer isn't that of a bug
 * (Amazon DynamoDB API Reference, Common Errors; Developer Guide, Error handling with DynamoDB). What is left is a bug: a
 * `ValidationException`.
 */
const answers: Partial<Record<ErrorCode, readonly string[]>> = {
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
    // The table, the right to it or valid credentials are missing: whoever runs the service mends it.
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
  Object.entries(answers).flatMap(([code, names]) => names.map((name) => [name, code as ErrorCode] as const)),
)

/** System errors of a connection that broke or wasn't made: Node's own, and those of TLS and of its HTTP parser. */
const unreachable =
  /^(E(CONN\w+|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL|PROTO|MFILE)|ERR_(STREAM|TLS|SSL)_\w+|HPE_\w+|CERT_\w+|\w+_CERT\w*)$/

/**
 * What a caller is answered where the database can't be reached, or has too much to do, after all of the SDK's own attempts:
 * `unavailable` or `throttled`; `quota` where it can hold no more. Any other error as it is.
 */
export function asRefusal(error: Error): Error {
  if (error instanceof DomainError) return error
  const code = codeOf(error)
  if (code === undefined) return error
  const refusal = new DomainError(
    code,
    code === 'quota'
      ? 'The database can hold no more of this.'
      : 'The service has trouble with its database just now; try again.',
  )
  refusal.cause = error
  return refusal
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
  // An answer that can't be read isn't DynamoDB's: a proxy's, or cut off.
  if (error instanceof SyntaxError) return '$response' in error
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return true
  return 'code' in error && unreachable.test(String(error.code))
}

function statusOf(error: Error): number {
  const metadata = '$metadata' in error ? error.$metadata : undefined
  const isKnown = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  return isKnown ? Number(metadata.httpStatusCode) : 0
}
