import { expect, test } from 'vitest'
import { behindGateway } from '../../../shared/http/request/gateway.ts'
import { startTestEngine } from '../../support/engine.ts'
import { eventOf } from '../api/fuzz/send-in-process.ts'
import { bodyOf, openEntrance, requestOf } from './entrance.ts'

const entrance = await openEntrance(await startTestEngine())
const lambda = behindGateway(entrance.app)
const body = bodyOf()

function send(rawPath: string, method = 'POST', source?: string) {
  const headers = [...requestOf({ body }).headers]
  const event = eventOf({ method, target: '/', headers, body: Buffer.from(body) }, 'as sent')
  return lambda({ ...event, rawPath, ...(source !== undefined && { pathParameters: { source } }) })
}

test.each([
  '/webhooks/orders#x',
  '/webhooks/orders?x',
  '/webhooks/orders/x',
  '/webhooks//orders',
  '/webhooks/x/../orders',
  '/webhooks/x\\..\\orders',
  '/webhooks/%2e%2e/webhooks/orders',
  '/webhooks/orders%23x',
  '/webhooks/or\nders',
  '/webhooks/orders;x',
  '/webhooks/\ud83d',
  '/webhooks/',
  '',
])('404 for %j, and nothing is stored', async (rawPath) => {
  const { statusCode, headers } = await send(rawPath)
  expect(statusCode).toBe(404)
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  expect(await entrance.countItems()).toBe(0)
})

test('404 where the source was cut at a question mark', async () => {
  expect((await send('/webhooks/orders', 'POST', 'orders?x')).statusCode).toBe(404)
  expect(await entrance.countItems()).toBe(0)
})

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('405 for %s', async (method) => {
  const { statusCode, headers } = await send('/webhooks/orders', method)
  expect([statusCode, headers]).toEqual([405, expect.objectContaining({ allow: 'POST, OPTIONS' })])
})

test('anybody may read the allowed methods, and no web page may use them', async () => {
  const { statusCode, headers, body: text } = await send('/webhooks/orders', 'OPTIONS')
  expect([statusCode, text, headers]).toEqual([204, '', expect.objectContaining({ allow: 'POST, OPTIONS' })])
  expect(Object.keys(headers ?? {}).filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('the path of a source stays as it is', async () => {
  expect((await send('/webhooks/orders', 'POST', 'orders')).statusCode).toBe(202)
  expect(await entrance.countItems()).toBe(1)
})
