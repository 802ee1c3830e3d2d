import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LambdaContext } from 'hono/aws-lambda'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import type { HttpEvent } from '../../../shared/http/request/gateway.ts'
import { startTestEngine } from '../../support/engine.ts'
import { newWebhookKeyPair, newWebhookSecret, signWebhook } from '../../support/sign-webhook.ts'

const engine = await startTestEngine()
/** The value in Secrets Manager; `undefined` while it fails. */
let secret: string | undefined
const manager = createServer((_request, response) => {
  response.setHeader('content-type', 'application/x-amz-json-1.1')
  response.statusCode = secret === undefined ? 400 : 200
  const throttled = { __type: 'ThrottlingException', message: 'slow down' }
  response.end(JSON.stringify(secret === undefined ? throttled : { SecretString: secret }))
}).listen(0, '127.0.0.1')
await once(manager, 'listening')
afterAll(() => void manager.close())
Object.assign(process.env, {
  TABLE_NAME: await engine.createTable(),
  WEBHOOK_SECRETS_ARN: 'webhooks',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_MAX_ATTEMPTS: '1',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(manager.address() as AddressInfo).port}`,
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
})
const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
const { handler } = await import('../../../functions/webhooks/handler.ts')

const own = newWebhookSecret()
const pair = newWebhookKeyPair()
let count = 0
let time = Date.now()
beforeEach(() => {
  write.mockClear()
  vi.spyOn(Date, 'now').mockImplementation(() => time)
})

/** Sends a delivery as API Gateway does, signed now. */
async function deliver(source: string, key: Parameters<typeof signWebhook>[0]) {
  const body =
    '{"type":"customer.suspended","timestamp":"2026-11-28T00:00:00Z","data":{"customerId":"ABC000001"}}'
  const { headers } = signWebhook(key, `evt_${++count}`, new Date(), body)
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: `/webhooks/${source}`,
    rawQueryString: '',
    headers: { ...headers, 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST' }, domainName: 'api.example' },
    body,
    isBase64Encoded: false,
  } as unknown as HttpEvent
  return handler(event, {} as LambdaContext)
}
const minutesLater = (minutes: number) => {
  time += minutes * 60_000
}

test('while secrets cannot be read, deliveries get 503', async () => {
  for (const unreadable of [undefined, '{', 'null', '7', '[null']) {
    secret = unreadable
    const { statusCode, headers } = await deliver('orders', own)
    expect([unreadable, statusCode, headers?.['retry-after']]).toEqual([unreadable, 503, '5'])
  }
  const written = write.mock.calls.map(([line]) => String(line)).join('')
  expect(written).toContain('the secrets of webhooks could not be read')
})

test('one malformed secret stops neither the other nor other sources, and is in the log without itself', async () => {
  const malformed = 'whsec_c2hvcnQ='
  secret = JSON.stringify({
    orders: { secrets: [malformed, own] },
    crm: { secrets: [pair.secret] },
    broken: { secrets: ['nothing'] },
    empty: null,
  })
  expect((await deliver('orders', own)).statusCode).toBe(202)
  expect((await deliver('crm', pair.privateKey)).statusCode).toBe(202)
  expect((await deliver('broken', own)).statusCode).toBe(401)
  expect((await deliver('empty', own)).statusCode).toBe(401)
  const written = write.mock.calls.map(([line]) => String(line)).join('')
  expect(written).toMatch(/webhook source orders: secret 1 is malformed/)
  expect(written).not.toContain(malformed)
})

test('secrets that cannot be read any more are in force for five minutes at most', async () => {
  minutesLater(4)
  secret = undefined
  expect((await deliver('orders', own)).statusCode).toBe(202)
  minutesLater(2)
  expect((await deliver('orders', own)).statusCode).toBe(503)
  secret = JSON.stringify({ orders: { secrets: [own] } })
  expect((await deliver('orders', own)).statusCode).toBe(202)
})
