import { expect, test } from 'vitest'
import {
  findFullSync,
  type FullSync,
  fullSyncItem,
} from '../../../../shared/openstack/sync/full-sync-store.ts'
import {
  findFanOutPending,
  findSyncRequest,
  listDue,
  requestFanOut,
  updateSyncRequest,
} from '../../../../shared/openstack/sync/store.ts'
import { type Key, keys, parseFanOutKey } from '../../../../shared/table/keys.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { at } from './records.ts'

const engine = await startTestEngine()
const table = await engine.openTable()
let customers = 0
const freshCustomer = () => `BGE${String(++customers).padStart(6, '0')}`
const freshKey = () => keys.fanOut(freshCustomer(), 'user', 'usr_1')
const request = (key: Key, second: number) => table.transact([requestFanOut(key, at(second))])
async function requested() {
  const key = freshKey()
  await request(key, 10)
  return key
}
const mustFind = async (key: Key) => {
  const found = await findSyncRequest(table, key)
  if (!found) throw new Error('there is no request')
  return found
}
const isDueBy = async (key: Key, second: number) =>
  (await listDue(table, at(second), { limit: 100 })).some(({ pk, sk }) => pk === key.pk && sk === key.sk)

test('a request is due from the moment it is made', async () => {
  const key = await requested()
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(10), version: 1 })
  expect(await isDueBy(key, 9)).toBe(false)
  expect(await isDueBy(key, 10)).toBe(true)
})

test('a request that is made twice has the time of the first', async () => {
  const key = await requested()
  await request(key, 20)
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(20), version: 2 })
})

test('a request that is postponed keeps its first time, and is due at once if it is made again', async () => {
  const key = await requested()
  await table.transact([updateSyncRequest(key, await mustFind(key), { failures: 1, due: at(40) })])
  expect(await findSyncRequest(table, key)).toEqual({ at: at(10), due: at(40), failures: 1, version: 2 })
  expect(await isDueBy(key, 39)).toBe(false)
  await request(key, 20)
  expect(await findSyncRequest(table, key)).toMatchObject({ at: at(10), due: at(20), failures: 1 })
})

test('a request has the lease of the run that processes it, until it is released', async () => {
  const key = await requested()
  const lease = { id: 'r1', until: at(120) }
  await table.transact([updateSyncRequest(key, await mustFind(key), { lease })])
  expect(await findSyncRequest(table, key)).toMatchObject({ lease, at: at(10), due: at(10) })
  await table.transact([updateSyncRequest(key, await mustFind(key), { lease: undefined })])
  expect(await findSyncRequest(table, key)).not.toMatchObject({ lease: expect.anything() })
})

test('a request that is made again meanwhile cannot be deleted', async () => {
  const key = await requested()
  const { version } = await mustFind(key)
  await request(key, 11)
  const removing = table.transact([{ remove: key, expectedVersion: version }])
  await expect(removing).rejects.toMatchObject({ code: 'stale' })
  await table.transact([{ remove: key, expectedVersion: version + 1 }])
  expect(await findSyncRequest(table, key)).toBeUndefined()
})

test('a customer has a fan-out pending as long as it has a request', async () => {
  const customerId = freshCustomer()
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
  const ofUser = keys.fanOut(customerId, 'user', 'usr_1')
  const ofAll = keys.fanOut(customerId, 'customer', customerId)
  await table.transact([requestFanOut(ofUser, at(10)), requestFanOut(ofAll, at(10))])
  await table.transact([{ remove: ofAll, expectedVersion: 1 }])
  expect(await findFanOutPending(table, customerId)).toBe(at(10))
  await table.transact([{ remove: ofUser, expectedVersion: 1 }])
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
})

test('a request of one customer is none of another', async () => {
  const customerId = freshCustomer()
  await request(keys.fanOut(freshCustomer(), 'user', 'usr_1'), 10)
  expect(await findFanOutPending(table, customerId)).toBeUndefined()
})

test.each(['user', 'customer'] as const)('the key of a request has the id of its %s', (kind) => {
  const source = { customerId: 'BGE000001', kind, id: 'x_1' }
  expect(parseFanOutKey(keys.fanOut('BGE000001', kind, 'x_1'))).toEqual(source)
  expect(parseFanOutKey(keys.user('BGE000001', 'x_1'))).toBeUndefined()
})

test('a full sync is read as it was written', async () => {
  expect(await findFullSync(table)).toBeUndefined()
  const last = { startedAt: at(0), endedAt: at(5), projects: 7, drift: 1 }
  const lease = { id: 'r1', until: at(900) }
  const progress = { startedAt: at(10), after: { pk: 'x', sk: 'y' }, projects: 3, drift: 0 }
  const fullSync: FullSync = { ...progress, lease, last }
  await table.transact([{ put: fullSyncItem(fullSync), expectedVersion: 'absent' }])
  expect(await findFullSync(table)).toMatchObject({ ...fullSync, version: 1 })
})
