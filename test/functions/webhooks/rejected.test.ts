import { expect, test } from 'vitest'
import { connect } from '../../../infra/local/connect.ts'
import { startTestEngine } from '../../support/engine.ts'
import { newWebhookKeyPair, newWebhookSecret, webhookSignature } from '../../support/sign-webhook.ts'
import { bodyOf, now, openEntrance, requestOf, secrets, type Send } from './entrance.ts'

const engine = await startTestEngine()
const entrance = await openEntrance(engine)
const body = bodyOf()
const minutes = (count: number) => new Date(now.getTime() + count * 60_000)
const signature = (id: string, bytes = body) => webhookSignature(secrets.old, id, now.getTime() / 1000, bytes)
const signed = (value: string) => ({ headers: { 'webhook-signature': value } })

const unauthenticated: [name: string, Send][] = [
  ['no signature', { headers: { 'webhook-signature': undefined } }],
  ['an empty signature', signed('')],
  ['a shared-secret signature said to be v1a', signed(signature('evt_1').replace('v1,', 'v1a,'))],
  ['a signature of another body', { signed: bodyOf({ name: 'shop' }) }],
  ['a signature of another id', signed(signature('evt_2'))],
  ['a signature with another secret', { key: newWebhookSecret() }],
  ['a signature with another key (v1a)', { source: 'crm', key: newWebhookKeyPair().privateKey }],
  ['a signature with the secret of another source', { source: 'crm', key: secrets.old }],
  ['a signature of six minutes ago', { at: minutes(-6) }],
  ['a signature of six minutes ahead', { at: minutes(6) }],
  ['a timestamp that was not signed', { headers: { 'webhook-timestamp': String(now.getTime() / 1000 - 1) } }],
  ['no timestamp', { headers: { 'webhook-timestamp': undefined } }],
  ['no id', { headers: { 'webhook-id': undefined } }],
  ['an unknown source', { source: 'nobody' }],
  ['nothing at all', { body: '', headers: { 'webhook-id': undefined, 'webhook-signature': undefined } }],
]

test.each(unauthenticated)('401 for %s, and nothing is stored', async (_name, send) => {
  const answer = await entrance.post({ body, ...send })
  expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated', status: 401 } })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('www-authenticate')).toBe(
    'StandardWebhooks headers="webhook-id webhook-timestamp webhook-signature"',
  )
  expect(await entrance.countItems()).toBe(0)
})

test('an unknown source and a wrong signature get the same response', async () => {
  const answers = [{ source: 'nobody' }, { key: newWebhookSecret() }].map((send) =>
    entrance.post({ body, ...send }),
  )
  const [first, second] = (await Promise.all(answers)).map((answer) => ({ ...answer.body, requestId: '' }))
  expect(first).toEqual(second)
})

const nested = (depth: number) => `${'{"a":['.repeat(depth)}0${']}'.repeat(depth)}`
const deep = body.replace('"web"', nested(40))
const bad: [name: string, bytes: string | Uint8Array][] = [
  ['an empty body', ''],
  ['no JSON', 'hello'],
  ['bytes that are not UTF-8', Buffer.concat([Buffer.from(body), Buffer.from([0xff])])],
  ['null', 'null'],
  ['a list of events', `[${body}]`],
  ['no type', bodyOf({}, { type: undefined })],
  ['an unknown type', bodyOf({}, { type: 'project.renamed' })],
  ['a type of the language', bodyOf({}, { type: 'constructor' })],
  ['a type in another case', bodyOf({}, { type: 'Project.Created' })],
  ['no timestamp', bodyOf({}, { timestamp: undefined })],
  ['a timestamp that is no time', bodyOf({}, { timestamp: 'today' })],
  ['a timestamp without an offset', bodyOf({}, { timestamp: '2026-11-23T11:59:00' })],
  ['no data', bodyOf({}, { data: undefined })],
  ['data that is null', bodyOf({}, { data: null })],
  ['an object nested too deeply', deep],
  ['objects nested very deeply', body.replace('"web"', nested(20_000))],
  ['__proto__ in the envelope', body.replace('{', '{"__proto__":{"data":{}},')],
  ['a field twice', body.replace('"name"', '"name":"shop","name"')],
]

test.each(bad)('400 for %s, and nothing is stored', async (_name, bytes) => {
  const answer = await entrance.post({ body: bytes })
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request', status: 400 } })
  expect(await entrance.countItems()).toBe(0)
})

test.each(['evt 1', 'evt/1', 'evt#1', 'x'.repeat(129)])(
  '400 for the id %s, and nothing is stored',
  async (id) => {
    expect(await entrance.post({ body, id })).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    })
    expect(await entrance.countItems()).toBe(0)
  },
)

test('an id with a dot is not signed by a signature of its parts', async () => {
  expect(await entrance.post({ body, id: 'evt.1' })).toMatchObject({ status: 401 })
  expect(await entrance.countItems()).toBe(0)
})

const large = body.padEnd(300 * 1024)
const tooLarge = { status: 413, code: 'too-large' }

test('413 for 300 KiB, signed or not, and nothing is stored', async () => {
  expect(await entrance.post({ body: large })).toMatchObject({ status: 413, body: tooLarge })
  expect(await entrance.post({ body: large, key: newWebhookSecret() })).toMatchObject({ status: 413 })
  expect(await entrance.post({ body: body.padEnd(256 * 1024 + 1) })).toMatchObject({ status: 413 })
  expect(await entrance.countItems()).toBe(0)
})

test('413 for 300 KiB in chunks, before all of it was sent', async () => {
  let sent = 0
  const stream = new ReadableStream({
    pull(controller) {
      sent += 16 * 1024
      controller.enqueue(Buffer.alloc(16 * 1024, ' '))
      if (sent > 2 ** 24) controller.close()
    },
  })
  const { headers } = requestOf({ body: large })
  const init = { method: 'POST', headers, body: stream, duplex: 'half' } as const
  const answer = await entrance.fetch(new Request('http://localhost/webhooks/orders', init))
  expect([answer.status, answer.body]).toEqual([413, expect.objectContaining(tooLarge)])
  expect(sent).toBeLessThan(512 * 1024)
  expect(await entrance.countItems()).toBe(0)
})

test('400 for a body that breaks off', async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(body.slice(0, 20)))
    },
    pull(controller) {
      controller.error(new Error('gone'))
    },
  })
  const { headers } = requestOf({ body })
  const init = { method: 'POST', headers, body: stream, duplex: 'half' } as const
  const answer = await entrance.fetch(new Request('http://localhost/webhooks/orders', init))
  expect(answer.status).toBe(400)
  expect(await entrance.countItems()).toBe(0)
})

test.each(['GET', 'PUT', 'DELETE'])('405 for %s, with the allowed methods', async (method) => {
  const answer = await entrance.fetch(new Request('http://localhost/webhooks/orders', { method }))
  expect([answer.status, answer.body]).toEqual([405, expect.objectContaining({ code: 'method-not-allowed' })])
  expect(answer.headers.get('allow')).toBe('POST, OPTIONS')
})

test.each([
  ['POST', '/webhooks'],
  ['POST', '/webhooks/orders/evt_1'],
])('404 for %s %s', async (method, path) => {
  const answer = await entrance.fetch(new Request(`http://localhost${path}`, { method }))
  expect([answer.status, answer.body]).toEqual([404, expect.objectContaining({ code: 'not-found' })])
})

test.each([{}, { key: newWebhookSecret() }, { body: 'hello' }, { body: body.padEnd(300 * 1024) }])(
  'no response is cached or sniffed: %#',
  async (send) => {
    const { headers } = await (await openEntrance(engine)).post({ body, ...send })
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringMatching(/^max-age=[1-9]\d{6,}/),
      vary: 'webhook-signature',
      'x-content-type-options': 'nosniff',
    })
  },
)

test('503 while the table cannot be reached: the sender tries again', async () => {
  const client = connect('http://127.0.0.1:1')
  const { post, logged } = await openEntrance(engine, client)
  const answer = await post({ body })
  expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|127\.0\.0\.1/)
  expect(logged.join()).toContain('request refused')
  client.destroy()
})

test('503 when the table fails, also after it was read for the id', async () => {
  const client = engine.connect()
  const broken = new Set(['PutItemCommand'])
  client.middlewareStack.add(
    (next, context) => (args) => {
      if (broken.has(String(context.commandName))) throw new Error('throttled')
      return next(args)
    },
    { step: 'build' },
  )
  const { post, countItems } = await openEntrance(engine, client)
  expect(await post({ body })).toMatchObject({ status: 503 })
  expect(await countItems()).toBe(0)
  broken.clear()
  expect(await post({ body })).toMatchObject({ status: 202 })
  broken.add('BatchGetItemCommand')
  expect(await post({ body })).toMatchObject({ status: 503 })
  expect(await countItems()).toBe(1)
  client.destroy()
})
