import { decodeTime, encodeTime } from 'ulid'
import { expect, test } from 'vitest'
import type { ResourceChange } from '../../../shared/domain/values/audit-event.ts'
import { membersChangedSince, newEventId } from '../../../shared/records/audit-events.ts'
import { commit } from '../../../shared/records/commit.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const table = await engine.openTable()
const at = (second: number) => `2026-11-23T12:00:${String(second).padStart(2, '0')}.000000000Z`
const idAt = (second: number) =>
  `${encodeTime(Date.parse(`${at(second).slice(0, 23)}Z`), 10)}${'0'.repeat(15)}1`

let customers = 0
/** A customer with these changes, each in its own second. */
async function happened(changes: Record<number, ResourceChange['resource'][]>): Promise<string> {
  const customerId = `ACM${String(++customers).padStart(6, '0')}`
  for (const [second, resources] of Object.entries(changes)) {
    const actor = { kind: 'operator', id: 'ops' } as const
    const [id, now] = [idAt(Number(second)), at(Number(second))]
    const told = resources.map((resource) => ({ resource }))
    await commit(table, {
      writes: [],
      event: { id, customerId, at: now, actor, type: 'user.created', changes: told },
    })
  }
  return customerId
}
const membership = (id: string) => ({ type: 'membership', id }) as const

test('the users whose membership of a project changed since then are listed once each', async () => {
  const customerId = await happened({
    1: [membership('prj_1/usr_early')],
    5: [membership('prj_1/usr_1'), membership('prj_1/usr_2')],
    6: [membership('prj_1/usr_1')],
  })
  expect(await membersChangedSince(table, { customerId, projectId: 'prj_1' }, at(5))).toEqual([
    'usr_1',
    'usr_2',
  ])
})

test('changes of another project or customer, or of no membership, are left out', async () => {
  const customerId = await happened({
    5: [
      membership('prj_2/usr_1'),
      { type: 'assignment', id: 'prj_1/usr_2' },
      { type: 'project', id: 'prj_1' },
    ],
  })
  await happened({ 6: [membership('prj_1/usr_3')] })
  expect(await membersChangedSince(table, { customerId, projectId: 'prj_1' }, at(0))).toEqual([])
})

test('ids of events begin with their millisecond, and those of one millisecond ascend', () => {
  const ids = Array.from({ length: 50 }, () => newEventId(at(7)))
  expect(ids).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(50)
  const others = [newEventId(at(3)), newEventId(at(7))]
  expect([...ids, ...others].map((id) => decodeTime(id))).toEqual(
    [...ids.map(() => 7), 3, 7].map((second) => Date.parse(`${at(second).slice(0, 23)}Z`)),
  )
})
