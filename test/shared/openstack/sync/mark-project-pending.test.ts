import { expect, test } from 'vitest'
import { findRecord, recordItem, markProjectPending } from '../../../../shared/openstack/sync/store.ts'
import { versionOf } from '../../../../shared/table/item.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { at, customerId, freshRef, makeReady, readyOf } from './records.ts'

const engine = await startTestEngine()
const table = await engine.openTable()

test('a project without a record is pending and due once it is marked', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(1))])
  const { version, ...record } = (await findRecord(table, ref)) ?? {}
  expect(record).toEqual({ ...ref, state: 'pending', since: at(1), due: at(1), markedAt: at(1) })
  expect(version).toBe(1)
})

test('a ready project that is marked is pending and keeps its other attributes', async () => {
  const ref = await makeReady(table)
  await table.transact([markProjectPending(ref, at(5))])
  const kept = { keystoneId: 'k1', suspended: false, version: 2 }
  expect(await findRecord(table, ref)).toMatchObject({ ...kept, state: 'pending', since: at(5), due: at(5) })
})

test('a project that is marked again is pending since the first time, and has the time of the last', async () => {
  const ref = await makeReady(table)
  await table.transact([markProjectPending(ref, at(5))])
  await table.transact([markProjectPending(ref, at(9))])
  const times = { since: at(5), due: at(9), markedAt: at(9) }
  expect(await findRecord(table, ref)).toMatchObject({ ...times, version: 3 })
})

test('a failed project that is marked is pending from then on', async () => {
  const ref = await makeReady(table, freshRef(), { state: 'failed', error: 'the name is taken', failures: 3 })
  await table.transact([markProjectPending(ref, at(5))])
  expect(await findRecord(table, ref)).toMatchObject({ state: 'pending', since: at(5), failures: 3 })
})

test('a project that was ready in between is pending since the later mark', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(1))])
  await table.transact([{ put: recordItem({ ...readyOf(ref), since: at(2) }), expectedVersion: 1 }])
  await table.transact([markProjectPending(ref, at(7))])
  expect(await findRecord(table, ref)).toMatchObject({ since: at(7) })
})

test('a run that read the record before it was marked cannot mark it ready', async () => {
  const ref = await makeReady(table)
  const seen = await findRecord(table, ref)
  await table.transact([markProjectPending(ref, at(5))])
  const markedReady = table.transact([{ put: recordItem(readyOf(ref)), expectedVersion: versionOf(seen) }])
  await expect(markedReady).rejects.toMatchObject({ code: 'stale' })
  expect(await findRecord(table, ref)).toMatchObject({ state: 'pending' })
})

test('a run that found no record cannot mark the project ready after it was marked pending', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(5))])
  const markedReady = table.transact([{ put: recordItem(readyOf(ref)), expectedVersion: 'absent' }])
  await expect(markedReady).rejects.toMatchObject({ code: 'stale' })
})

test('a lease outlives a mark', async () => {
  const lease = { id: 'r1', until: at(120) }
  const ref = await makeReady(table, freshRef(), { state: 'pending', lease, due: at(120) })
  await table.transact([markProjectPending(ref, at(5))])
  expect(await findRecord(table, ref)).toMatchObject({ lease, due: at(5) })
})

test('twenty concurrent first marks create one record', async () => {
  const ref = freshRef()
  await Promise.all(Array.from({ length: 20 }, () => table.transact([markProjectPending(ref, at(1))])))
  expect((await findRecord(table, ref))?.version).toBe(20)
})

test('a record does not grow with its marks', async () => {
  const ref = await makeReady(table)
  const sizeOf = async () => JSON.stringify(await table.get(keys.openstack(customerId, ref.projectId))).length
  await table.transact([markProjectPending(ref, at(5))])
  const size = await sizeOf()
  for (let second = 10; second < 30; second++) await table.transact([markProjectPending(ref, at(second))])
  expect((await sizeOf()) - size).toBeLessThan(5)
})

test('a mark is committed with its transaction, or not at all', async () => {
  const ref = await makeReady(table)
  const failing = table.transact([
    { check: keys.project(customerId, 'prj_none'), expectedVersion: 7 },
    markProjectPending(ref, at(5)),
  ])
  await expect(failing).rejects.toMatchObject({ code: 'stale' })
  expect(await findRecord(table, ref)).toMatchObject({ state: 'ready', version: 1 })
})
