import { InternalServerError, ResourceNotFoundException, ThrottlingException } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { asDomainError } from '../../../shared/table/aws-errors.ts'

const terms = { message: 'secret', $metadata: {} }
const named = (name: string) => Object.assign(new Error('secret'), { name })
const answered = (httpStatusCode: number) =>
  Object.assign(named('UnknownError'), { $fault: 'client', $metadata: { httpStatusCode } })
const coded = (code: string) => Object.assign(new Error('secret'), { code })

it.each([
  [new ThrottlingException(terms), 'throttled'],
  [named('ProvisionedThroughputExceededException'), 'throttled'],
  [new InternalServerError(terms), 'unavailable'],
  [coded('ECONNREFUSED'), 'unavailable'],
  [coded('ECONNRESET'), 'unavailable'],
  [named('TimeoutError'), 'unavailable'],
  [coded('ENETUNREACH'), 'unavailable'],
  [coded('EPROTO'), 'unavailable'],
  [coded('HPE_INVALID_CONSTANT'), 'unavailable'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'unavailable'],
  [named('CredentialsProviderError'), 'unavailable'],
  [new ResourceNotFoundException(terms), 'unavailable'],
  [answered(429), 'throttled'],
  [answered(502), 'unavailable'],
  [Object.assign(new SyntaxError('secret'), { $response: {} }), 'unavailable'],
  [named('ItemCollectionSizeLimitExceededException'), 'quota'],
])('tells %s as %s and nothing of its message', (error, code) => {
  const refusal = asDomainError(error)
  expect(refusal).toMatchObject({ code, cause: error })
  expect(refusal.message).not.toContain('secret')
})

it.each([
  [named('ValidationException')],
  [new SyntaxError('a bug')],
  [coded('ERR_INVALID_ARG_TYPE')],
  [new TypeError('a bug')],
  [new DomainError('conflict', 'taken')],
])('leaves %s as it is', (error) => {
  expect(asDomainError(error)).toBe(error)
})
