import { expect, test } from 'vitest'
import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { findFullSync, type FullSync, fullSyncItem } from '../../../shared/openstack/sync/full-sync.ts'
import { dueForOpenStack, findFanOutPending, findSyncRequest, requestFanOut, updateSyncRequest } from '../../../shared/openstack/sync/store.ts'
import { type Key, keys, parseFanOutKey } from '../../../shared/table/keys.ts'
import { openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const table = openTable({
  documents: engine.documents,
  name: await engine.createTable(),
  now: () => new Date(),
})

const at = (second: number) => addMilliseconds('2026-11-23T12:00:00.000000000Z', second * 1000)
let customers = 0
const freshCustomer = () => `BGE${String(++customers).padStart(6, '0')}`
const freshKey = () => keys.fanOut(freshCustomer(), 'user', 'usr_1')
const say = (key: Key, second: number) => table.transact([requestFanOut(key, at(second))])
const mustFind = async (key: Key) => {
  const word = await findSyncRequest(table, key)
  if (!word) throw new Error('nothing was said')
  return word
}
const isDueBy = async (key: Key, second: number) =>
  (await dueForOpenStack(table, { by: at(second), limit: 100 })).items.some(
    ({ pk, sk }) => pk === key.pk && sk === key.sk,
  )

test('a word is due from the moment it is said', async () => {
  const key = freshKey()
  await say(key, 10)
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(10), version: 1 })
  expect(await isDueBy(key, 9)).toBe(false)
  expect(await isDueBy(key, 10)).toBe(true)
})

test('a word that is said twice tells when it was said first', async () => {
  const key = freshKey()
  await say(key, 10)
  await say(key, 20)
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(20), version: 2 })
})

test('a word that is put off keeps since when it was said', async () => {
  const key = freshKey()
  await say(key, 10)
  await table.transact([updateSyncRequest(key, await mustFind(key), { failures: 1, due: at(40) })])
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(40), failures: 1, version: 2 })
  expect(await isDueBy(key, 39)).toBe(false)
})

test('a word that is put off and said again is due at once', async () => {
  const key = freshKey()
  await say(key, 10)
  await table.transact([updateSyncRequest(key, await mustFind(key), { failures: 1, due: at(400) })])
  await say(key, 20)
  expect(await findSyncRequest(table, key)).toMatchObject({ at: at(10), due: at(20), failures: 1 })
})

test('a word that is worked on says by whom, until it is let go', async () => {
  const key = freshKey()
  const run = { id: 'r1', until: at(120) }
  await say(key, 10)
  await table.transact([updateSyncRequest(key, await mustFind(key), { run })])
  expect(await findSyncRequest(table, key)).toMatchObject({ run, at: at(10), due: at(10) })
  await table.transact([updateSyncRequest(key, await mustFind(key), { run: undefined })])
  expect(await findSyncRequest(table, key)).not.toMatchObject({ run: expect.anything() })
})

test('a word that is said again meanwhile cannot be taken away', async () => {
  const key = freshKey()
  await say(key, 10)
  const { version } = await mustFind(key)
  await say(key, 11)
  await expect(table.transact([{ remove: key, expectedVersion: version }])).rejects.toMatchObject({
    code: 'stale',
  })
  await table.transact([{ remove: key, expectedVersion: version + 1 }])
  expect(await findSyncRequest(table, key)).toBeUndefined()
})

test('a customer is spreading as long as a word of it is there', async () => {
  const customerId = freshCustomer()
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
  const [ofUser, ofAll] = [
    keys.fanOut(customerId, 'user', 'usr_1'),
    keys.fanOut(customerId, 'customer', customerId),
  ]
  await table.transact([requestFanOut(ofUser, at(10)), requestFanOut(ofAll, at(10))])
  await table.transact([{ remove: ofAll, expectedVersion: 1 }])
  expect(await findFanOutPending(table, customerId)).toBe(at(10))
  await table.transact([{ remove: ofUser, expectedVersion: 1 }])
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
})

test('what is said of one customer is nothing to another', async () => {
  const customerId = freshCustomer()
  await say(keys.fanOut(freshCustomer(), 'user', 'usr_1'), 10)
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
})

test.each(['user', 'customer'] as const)('the key of a word tells of which %s', (kind) => {
  const about = { customerId: 'BGE000001', kind, id: 'x_1' }
  expect(parseFanOutKey(keys.fanOut('BGE000001', kind, 'x_1'))).toEqual(about)
  expect(parseFanOutKey(keys.user('BGE000001', 'x_1'))).toBeUndefined()
})

test('a pass is read as it was written', async () => {
  expect(await findFullSync(table)).toBeUndefined()
  const last = { startedAt: at(0), endedAt: at(5), projects: 7, drift: 1 }
  const run = { id: 'r1', until: at(900) }
  const pass: FullSync = { startedAt: at(10), after: { pk: 'x', sk: 'y' }, projects: 3, drift: 0, run, last }
  await table.transact([{ put: fullSyncItem(pass), expectedVersion: undefined }])
  expect(await findFullSync(table)).toMatchObject({ ...pass, version: 1 })
})
