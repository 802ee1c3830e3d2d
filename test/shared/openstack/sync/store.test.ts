import { expect, test } from 'vitest'
import type { OpenStackRecord } from '../../../../shared/openstack/sync/project-record.ts'
import {
  asRecord,
  countInState,
  findOldest,
  findRecord,
  findRecords,
  listDue,
  listRecords,
  recordItem,
  markProjectPending,
} from '../../../../shared/openstack/sync/store.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { at, customerId, freshRef, makeReady, readyOf } from './records.ts'

const engine = await startTestEngine()
const freshTable = () => engine.openTable()
const table = await freshTable()

const sk = ({ projectId }: { projectId: string }) => `OPENSTACK#${projectId}`
const dueBy = async (second: number, from = table) =>
  (await listDue(from, at(second), { limit: 100 })).map((key) => key.sk)

test.each<[string, Partial<OpenStackRecord>]>([
  ['that is ready', {}],
  ['that is ready until a membership expires', { due: at(60), markedAt: at(1) }],
  ['with a lease', { state: 'pending', lease: { id: 'r1', until: at(120) }, due: at(120) }],
  ['that has failed', { state: 'failed', error: 'the name is taken', failures: 2, due: at(5) }],
  ['with reported drift', { state: 'failed', drift: 'abc', suspended: true, keystoneId: undefined }],
])('a record %s is read as it was written', async (_name, more) => {
  const ref = freshRef()
  const { version, ...record } = (await findRecord(table, await makeReady(table, ref, more))) ?? {}
  expect(record).toEqual({ ...readyOf(ref), ...more })
  expect(version).toBe(1)
})

test('no other item is a record', () => {
  expect(asRecord({ ...keys.project(customerId, 'prj_1'), version: 1 })).toBeUndefined()
  expect(asRecord(undefined)).toBeUndefined()
})

test('records are found in the order of their ids, with gaps', async () => {
  const [one, none, two] = [await makeReady(table), freshRef(), await makeReady(table)]
  const ids = [two, none, one].map(({ projectId }) => projectId)
  const found = await findRecords(table, customerId, ids)
  expect(found.map((record) => record?.projectId)).toEqual([two.projectId, undefined, one.projectId])
})

test('the records of a customer are its own', async () => {
  const own = await freshTable()
  const refs = [
    { customerId, projectId: 'prj_1' },
    { customerId, projectId: 'prj_2' },
  ]
  for (const ref of [...refs, { customerId: 'ABC000002', projectId: 'prj_3' }]) await makeReady(own, ref, {})
  const ids = (await listRecords(own, customerId)).map(({ projectId }) => projectId)
  expect(ids).toEqual(['prj_1', 'prj_2'])
})

test('marked, paused and expiring projects are due, the earliest first, and no ready one', async () => {
  const own = await freshTable()
  const [marked, paused, expiring, ready] = [freshRef(), freshRef(), freshRef(), freshRef()]
  await makeReady(own, paused, { state: 'failed', due: at(3) })
  await makeReady(own, expiring, { due: at(60) })
  await makeReady(own, ready, {})
  await own.transact([markProjectPending(marked, at(5))])
  expect(await dueBy(2, own)).toEqual([])
  expect(await dueBy(3, own)).toEqual([sk(paused)])
  expect(await dueBy(5, own)).toEqual([paused, marked].map(sk))
  expect(await dueBy(600, own)).toEqual([paused, marked, expiring].map(sk))
})

test('a project that becomes ready is not due any more', async () => {
  const ref = freshRef()
  await table.transact([markProjectPending(ref, at(1))])
  expect(await dueBy(1)).toContain(sk(ref))
  await table.transact([{ put: recordItem(readyOf(ref)), expectedVersion: 1 }])
  expect(await dueBy(600)).not.toContain(sk(ref))
})

test('due items are read by whole pages, up to the limit', async () => {
  const own = await freshTable()
  for (let n = 0; n < 5; n++) await own.transact([markProjectPending(freshRef(), at(n))])
  const counts = await Promise.all(
    [2, 3, 9].map(async (limit) => (await listDue(own, at(9), { limit, pageSize: 2 })).length),
  )
  expect(counts).toEqual([2, 4, 5])
})

test('projects are counted by their state, and the longest pending one is found', async () => {
  const own = await freshTable()
  const [old, young] = [freshRef(), freshRef()]
  await own.transact([markProjectPending(young, at(9))])
  await own.transact([markProjectPending(old, at(2))])
  await own.transact([markProjectPending(old, at(20))])
  for (let n = 0; n < 3; n++) await makeReady(own, freshRef(), {})
  await makeReady(own, freshRef(), { state: 'failed', error: 'x' })
  const count = async (state: OpenStackRecord['state']) => countInState(own, state, 2)
  expect(await count('pending')).toEqual({ count: 2, isAll: true })
  expect(await count('ready')).toEqual({ count: 3, isAll: true })
  expect(await count('failed')).toEqual({ count: 1, isAll: true })
  expect(await findOldest(own, 'pending')).toEqual({ ...old, since: at(2) })
})

test('without a pending project there is no oldest one', async () => {
  expect(await findOldest(await freshTable(), 'pending')).toBeUndefined()
})
