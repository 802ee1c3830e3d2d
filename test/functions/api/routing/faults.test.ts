import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { LogFields } from '../../../../shared/runtime/log.ts'
import { documentOptions, openTable } from '../../../../shared/table/table.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { type Asked, type Fault, startFaultProxy } from '../../../support/fault-proxy.ts'
import { createUncheckedApi } from '../test-api.ts'

const engine = await startTestEngine()
let faultOf: (asked: Asked) => Fault = () => undefined
const proxy = await startFaultProxy(engine.endpoint, (asked) => faultOf(asked))
const client = new DynamoDBClient({
  endpoint: proxy.endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  // The SDK's own attempts are its own affair.
  maxAttempts: 1,
})
afterAll(() => {
  client.destroy()
  proxy.close()
})
const now = () => new Date()
const name = await engine.createTable()
const lines: { level: string; fields: LogFields | undefined }[] = []
const issuer = 'https://issuer.test'
const api = createUncheckedApi(
  {
    url: issuer,
    config: { issuer, audience: issuer, operatorClients: [], checkClients: [], operatorGroups: [], now },
  },
  {
    table: openTable({ documents: DynamoDBDocumentClient.from(client, documentOptions), name, now }),
    verifyToken: async () => ({ kind: 'operator', id: 'ops' }),
    now,
    log: (level, _message, fields) => void lines.push({ level, fields }),
  },
)

let customers = 0
const requests: Record<string, () => Response | Promise<Response>> = {
  BatchGetItem: () => api.request('/v1/customers/FLT000000'),
  Query: () => api.request('/v1/customers'),
  TransactWriteItems: () =>
    api.request('/v1/customers', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-reason': 'the tests say so' },
      body: JSON.stringify({
        id: `FLT${String(customers++).padStart(6, '0')}`,
        organisation: 'Fault',
        mainCustomer: { name: 'Olga', email: 'olga@fault.example' },
      }),
    }),
}
// The customer that is read.
await requests.TransactWriteItems?.()

beforeEach(() => {
  faultOf = () => undefined
  lines.length = 0
})

/** Attempts follow each other at once: their pauses are by chance. */
function withoutPauses(): void {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
}

async function answerOf(operation: string, fault: Fault) {
  faultOf = (asked) => (asked.operation === operation ? fault : undefined)
  const response = await requests[operation]?.()
  const problem = (await response?.json()) as { code: string; detail?: string } | undefined
  return {
    status: response?.status,
    code: problem?.code,
    retryAfter: response?.headers.get('retry-after'),
    problem,
  }
}

const secret = 'arn:aws:dynamodb:eu-central-1:111111111111:table/secret'
const failing = (type: string, status = 400, more = {}): Fault => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: secret, ...more }),
})
const throttled = { status: 429, code: 'throttled', retryAfter: '1' }
const unavailable = { status: 503, code: 'unavailable', retryAfter: '5' }

/** The exceptions of the operations and those that are common to all of them. */
const documented: [type: string, status: number, expected: object][] = [
  ['ProvisionedThroughputExceededException', 400, throttled],
  ['ThrottlingException', 400, throttled],
  ['RequestLimitExceeded', 400, throttled],
  ['LimitExceededException', 400, throttled],
  ['InternalServerError', 500, unavailable],
  ['InternalFailure', 500, unavailable],
  ['ServiceUnavailable', 503, unavailable],
  ['TransactionConflictException', 400, unavailable],
  ['ReplicatedWriteConflictException', 400, unavailable],
  ['ResourceNotFoundException', 400, unavailable],
  ['AccessDeniedException', 400, unavailable],
  ['UnrecognizedClientException', 400, unavailable],
  ['InvalidSignatureException', 400, unavailable],
  ['IncompleteSignatureException', 400, unavailable],
  ['MissingAuthenticationTokenException', 400, unavailable],
  ['ExpiredTokenException', 400, unavailable],
  ['RequestExpired', 400, unavailable],
  ['NotAuthorized', 400, unavailable],
  ['OptInRequired', 403, unavailable],
  ['ItemCollectionSizeLimitExceededException', 400, { status: 409, code: 'quota' }],
  ['ValidationException', 400, { status: 500, code: 'internal' }],
]

describe.each(['BatchGetItem', 'Query', 'TransactWriteItems'])('where %s fails', (operation) => {
  it.each(documented)('with %s it says so, and nothing of the database', async (type, status, expected) => {
    const answer = await answerOf(operation, failing(type, status))
    expect(answer).toMatchObject(expected)
    expect(JSON.stringify([answer, lines])).not.toContain('secret')
    expect(lines.some(({ level }) => level !== 'info')).toBe(answer.code !== 'quota')
  })

  it.each([
    ['a connection that is reset', 'reset'],
    ['an answer that is cut', 'cut'],
    ['what is not of DynamoDB', { status: 200, body: '<html>' }],
    ['a proxy that fails', { status: 502, body: '<html>Bad Gateway' }],
    ['a proxy that throttles', { status: 429, body: '' }],
  ] satisfies [string, Fault][])('by %s it may be tried again', async (_what, fault) => {
    const answer = await answerOf(operation, fault)
    expect([429, 503]).toContain(answer.status)
    expect(answer.retryAfter).not.toBeNull()
  })
})

const canceled = (reason: string) =>
  failing('TransactionCanceledException', 400, {
    CancellationReasons: ['None', reason].map((Code) => ({ Code, Message: secret })),
  })

describe('a transaction that is canceled', () => {
  it.each([
    ['TransactionConflict', canceled, unavailable],
    ['ThrottlingError', canceled, unavailable],
    ['ProvisionedThroughputExceeded', canceled, unavailable],
    ['Unheard', canceled, unavailable],
    ['ItemCollectionSizeLimitExceeded', canceled, { status: 409, code: 'quota' }],
    ['ValidationError', canceled, { status: 500, code: 'internal' }],
    ['TransactionInProgressException', failing, unavailable],
    ['IdempotentParameterMismatchException', failing, unavailable],
  ])('for %s to the end has an answer', { timeout: 15_000 }, async (code, fail, expected) => {
    withoutPauses()
    expect(await answerOf('TransactWriteItems', fail(code))).toMatchObject(expected)
  })
})

const leaving = ({ body }: Asked): Fault => ({
  status: 200,
  body: JSON.stringify({ Responses: { [name]: [] }, UnprocessedKeys: body.RequestItems }),
})

it('keys that are left unprocessed to the end make it unavailable, and some are read in the end', async () => {
  withoutPauses()
  let left = 3
  faultOf = (asked) => (asked.operation === 'BatchGetItem' && left-- > 0 ? leaving(asked) : undefined)
  expect((await requests.BatchGetItem?.())?.status).toBe(200)
  faultOf = (asked) => (asked.operation === 'BatchGetItem' ? leaving(asked) : undefined)
  const response = await requests.BatchGetItem?.()
  expect([response?.status, response?.headers.get('retry-after')]).toEqual([503, '5'])
})
