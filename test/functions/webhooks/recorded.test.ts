import { expect, test } from 'vitest'
import { deliveryItem } from '../../../shared/provisioning/store.ts'
import { versionOf } from '../../../shared/table/item.ts'
import { startTestEngine } from '../../support/engine.ts'
import { webhookSignature } from '../../support/sign-webhook.ts'
import { bodyOf, now, openEntrance, secrets } from './entrance.ts'

const engine = await startTestEngine()
const accepted = (id: string, status = 'received') => ({ status: 202, body: { id, status } })

test('a signed event is stored as it was sent before it is acknowledged', async () => {
  const { post, deliveryOf, countItems } = await openEntrance(engine)
  const body = ` ${bodyOf({ name: 'w\u00e9b \u{1f309}' })}\n`
  expect(await post({ body })).toMatchObject(accepted('evt_1'))
  expect(await deliveryOf('evt_1')).toMatchObject({
    source: 'orders',
    id: 'evt_1',
    type: 'project.created',
    customerId: 'BGE000001',
    timestamp: '2026-11-23T11:59:00.000000000Z',
    body,
    receivedAt: '2026-11-23T12:00:00.000000000Z',
    status: 'received',
    attempts: 0,
    nextAttemptAt: '2026-11-23T12:00:15.000000000Z',
  })
  expect(await countItems()).toBe(1)
})

test.each([
  ['an id of 128 characters', { id: `${'aA0_-'.repeat(25)}xyz` }],
  ['a signature of four minutes ago', { at: new Date(now.getTime() - 299_000) }],
  ['a signature of five minutes ahead', { at: new Date(now.getTime() + 300_000) }],
  ['a body of exactly 256 KiB', { body: bodyOf().padEnd(256 * 1024) }],
  ['an event whose data does not fit', { body: bodyOf({ name: 7, customerId: ['?'] }) }],
  ['an event whose data is a list', { body: bodyOf({}, { data: ['BGE000001'] }) }],
  ['an event without a customer', { body: bodyOf({ customerId: undefined }) }],
  [
    'an event of a customer whose name is cut within a character',
    { body: bodyOf({ customerId: `${'x'.repeat(63)}\u{1f309}` }) },
  ],
  ['an event of a customer without a name', { body: bodyOf({ customerId: '' }) }],
  ['an event with fields of its own', { body: bodyOf({ more: { of: ['it'] } }, { extra: 1 }) }],
  [
    'an event nested 32 levels deep',
    { body: bodyOf({ deep: JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`) }) },
  ],
  [
    'an event with an offset and nanoseconds',
    { body: bodyOf({}, { timestamp: '2026-11-23T12:59:00.123456789+01:00' }) },
  ],
  ['an event of another content type', { headers: { 'content-type': 'text/plain' }, body: bodyOf() }],
])('%s is recorded', async (_name, send) => {
  const { post, countItems, deliveryOf } = await openEntrance(engine)
  const id = 'id' in send ? send.id : 'evt_1'
  expect(await post({ body: bodyOf(), ...send })).toMatchObject(accepted(id))
  expect(await countItems()).toBe(1)
  const { customerId } = JSON.parse('body' in send ? send.body : bodyOf()).data
  const isIdentifier = /^[A-Z]{3}\d{6}$/.test(String(customerId))
  const stored = await deliveryOf(id)
  expect([stored?.status, stored?.customerId]).toEqual(['received', isIdentifier ? customerId : undefined])
})

const body = bodyOf()
const seconds = now.getTime() / 1000
const other = webhookSignature('whsec_bm9ib2R5IGtub3dzIHRoaXMgc2VjcmV0', 'evt_1', seconds, body)
const fitting = webhookSignature(secrets.new, 'evt_1', seconds, body)

test.each([
  ['the old secret of a rotation', { key: secrets.old }],
  ['the new secret of a rotation', { key: secrets.new }],
  ['a key of its own (v1a)', { source: 'crm', key: secrets.crm }],
  ['one signature of several', { headers: { 'webhook-signature': `v2,eA== ${other} ${fitting}` } }],
])('an event signed with %s is recorded', async (_name, send) => {
  const { post, deliveryOf } = await openEntrance(engine)
  expect(await post({ body, ...send })).toMatchObject(accepted('evt_1'))
  const source = 'source' in send ? send.source : 'orders'
  expect(await deliveryOf('evt_1', source)).toMatchObject({ source, body })
})

test('a delivery sent again gets its present status, and changes nothing', async () => {
  const { post, table, deliveryOf, countItems } = await openEntrance(engine)
  await post({ body })
  const first = await deliveryOf('evt_1')
  expect(await post({ body, at: new Date(now.getTime() + 60_000), key: secrets.new })).toMatchObject(
    accepted('evt_1'),
  )
  expect(await deliveryOf('evt_1')).toEqual(first)
  if (!first) throw new Error('it was recorded')
  for (const status of ['waiting', 'failed', 'superseded', 'applied'] as const) {
    const expectedVersion = versionOf(await deliveryOf('evt_1'))
    await table.transact([{ put: deliveryItem({ ...first, status }), expectedVersion }])
    expect(await post({ body })).toMatchObject(accepted('evt_1', status))
  }
  expect(await countItems()).toBe(1)
})

test('a delivery sent many times at once is recorded once', async () => {
  const { post, countItems, deliveryOf } = await openEntrance(engine)
  const answers = await Promise.all(Array.from({ length: 12 }, () => post({ body })))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
  expect(await countItems()).toBe(1)
  expect(await deliveryOf('evt_1')).toMatchObject({ version: 1 })
})

test.each([bodyOf({ name: 'shop' }), `${body} `, body.replace('web', '\\u0077eb')])(
  'the same id with other bytes is a conflict: %#',
  async (bytes) => {
    const { post, deliveryOf, countItems } = await openEntrance(engine)
    await post({ body })
    const first = await deliveryOf('evt_1')
    const answer = await post({ body: bytes })
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict', title: 'Conflict' } })
    expect(await deliveryOf('evt_1')).toEqual(first)
    expect(await countItems()).toBe(1)
  },
)

test('each source has its own ids', async () => {
  const { post, countItems } = await openEntrance(engine)
  await post({ body })
  const answer = await post({ source: 'crm', key: secrets.crm, body: bodyOf({ name: 'shop' }) })
  expect(answer).toMatchObject(accepted('evt_1'))
  expect(await countItems()).toBe(2)
})

test('the log has a line for a delivery, without its content', async () => {
  const { post, logged } = await openEntrance(engine)
  const sent = bodyOf({ name: 'sesame', user: 'ann@bge.example' })
  await post({ body: sent })
  await post({ body: sent, key: secrets.crm })
  expect(logged).toHaveLength(2)
  expect(logged.join()).not.toMatch(/sesame|ann|v1,|whsec|BGE000001/)
})
