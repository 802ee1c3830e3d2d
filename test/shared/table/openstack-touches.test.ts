import { expect, test } from 'vitest'
import { findRecord, recordItem, markProjectPending } from '../../../shared/openstack/sync/store.ts'
import { versionOf } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { at, customerId, freshRef, makeReady, readyOf } from './openstack-records.ts'

const engine = await startTestEngine()
const table = openTable({
  documents: engine.documents,
  name: await engine.createTable(),
  now: () => new Date(),
})

test('a project of which nothing is known is pending and due once it is touched', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(1))])
  const { version, ...record } = (await findRecord(table, ref)) ?? {}
  expect(record).toEqual({ ...ref, state: 'pending', since: at(1), due: at(1), markedAt: at(1) })
  expect(version).toBe(1)
})

test('a ready project that is touched is pending, and keeps what is known of it', async () => {
  const ref = await makeReady(table)
  await table.transact([markProjectPending(ref, at(5))])
  expect(await findRecord(table, ref)).toMatchObject({
    state: 'pending',
    since: at(5),
    due: at(5),
    keystoneId: 'k1',
    suspended: false,
    version: 2,
  })
})

test('a project that is touched again is pending since the first time', async () => {
  const ref = await makeReady(table)
  await table.transact([markProjectPending(ref, at(5))])
  await table.transact([markProjectPending(ref, at(9))])
  expect(await findRecord(table, ref)).toMatchObject({ since: at(5), due: at(9), version: 3 })
})

test('a project that has failed and is touched is pending from then on', async () => {
  const ref = await makeReady(table, freshRef(), { state: 'failed', error: 'the name is taken', failures: 3 })
  await table.transact([markProjectPending(ref, at(5))])
  expect(await findRecord(table, ref)).toMatchObject({ state: 'pending', since: at(5), failures: 3 })
})

test('a project that was ready in between is pending since the later touch', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(1))])
  await table.transact([{ put: recordItem({ ...readyOf(ref), since: at(2) }), expectedVersion: 1 }])
  await table.transact([markProjectPending(ref, at(7))])
  expect(await findRecord(table, ref)).toMatchObject({ since: at(7) })
})

test('whoever has looked before a touch cannot call the project ready', async () => {
  const ref = await makeReady(table)
  const seen = await findRecord(table, ref)
  await table.transact([markProjectPending(ref, at(5))])
  const calledReady = table.transact([{ put: recordItem(readyOf(ref)), expectedVersion: versionOf(seen) }])
  await expect(calledReady).rejects.toMatchObject({ code: 'stale' })
  expect(await findRecord(table, ref)).toMatchObject({ state: 'pending' })
})

test('whoever has seen no record cannot call the project ready after a touch', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(5))])
  const calledReady = table.transact([{ put: recordItem(readyOf(ref)), expectedVersion: 'absent' }])
  await expect(calledReady).rejects.toMatchObject({ code: 'stale' })
})

test('the run that has hold of a project keeps it through a touch', async () => {
  const run = { id: 'r1', until: at(120) }
  const ref = await makeReady(table, freshRef(), { state: 'pending', run, due: at(120) })
  await table.transact([markProjectPending(ref, at(5))])
  expect(await findRecord(table, ref)).toMatchObject({ run, due: at(5) })
})

test('a touch tells when it was', async () => {
  const ref = await makeReady(table)
  await table.transact([markProjectPending(ref, at(5))])
  await table.transact([markProjectPending(ref, at(7))])
  expect((await findRecord(table, ref))?.markedAt).toBe(at(7))
})

test('two touches at once both count', async () => {
  const ref = await makeReady(table)
  await Promise.all([
    table.transact([markProjectPending(ref, at(5))]),
    table.transact([markProjectPending(ref, at(5))]),
  ])
  expect((await findRecord(table, ref))?.version).toBe(3)
})

test('twenty first touches at once make one record', async () => {
  const ref = freshRef()
  await Promise.all(Array.from({ length: 20 }, () => table.transact([markProjectPending(ref, at(1))])))
  expect((await findRecord(table, ref))?.version).toBe(20)
})

test('a record does not grow with the touches of it', async () => {
  const ref = await makeReady(table)
  const sizeOf = async () => JSON.stringify(await table.get(keys.openstack(customerId, ref.projectId))).length
  await table.transact([markProjectPending(ref, at(5))])
  const size = await sizeOf()
  for (let second = 10; second < 30; second++) await table.transact([markProjectPending(ref, at(second))])
  expect((await sizeOf()) - size).toBeLessThan(5)
})

test('a touch goes with its transaction, or not at all', async () => {
  const ref = await makeReady(table)
  const refused = table.transact([
    { check: keys.project(customerId, 'prj_none'), expectedVersion: 7 },
    markProjectPending(ref, at(5)),
  ])
  await expect(refused).rejects.toMatchObject({ code: 'stale' })
  expect(await findRecord(table, ref)).toMatchObject({ state: 'ready', version: 1 })
})
