import { beforeEach, expect, test } from 'vitest'
import { createUsageLog } from '../../../../shared/usage/usage-log.ts'
import type { LogFields } from '../../../../shared/runtime/log.ts'
import type { Usage } from '../../../../shared/usage/usage.ts'

const read: Usage = {
  customerId: 'ACM000001',
  userId: 'usr_1',
  resource: { kind: 'project', id: 'prj_1' },
  level: 'read',
}
let time = new Date('2026-11-27T12:00:00Z')
let lines: { level: string; message: string; fields?: LogFields | undefined }[] = []
const start = () =>
  createUsageLog(
    (level, message, fields) => void lines.push({ level, message, fields }),
    () => time,
  )
let used = start()
beforeEach(() => {
  used = start()
  lines = []
  time = new Date('2026-11-27T12:00:00Z')
})

test('a use is one line, of ids only', () => {
  used(read)
  const fields = { customerId: 'ACM000001', use: 'usr_1 project/prj_1 read' }
  expect(lines).toEqual([{ level: 'info', message: 'a right was used', fields }])
})

test('a day has one line for each', () => {
  const others: Usage[] = [
    { ...read, customerId: 'OTH000002' },
    { ...read, userId: 'usr_2' },
    { ...read, resource: { kind: 'server', id: 'prj_1' } },
    { ...read, level: 'operate' },
  ]
  for (let turn = 0; turn < 3; turn++) for (const use of [read, ...others]) used(use)
  expect(lines).toHaveLength(5)
})

test('the next day has another', () => {
  used(read)
  time = new Date('2026-11-27T23:59:59Z')
  used(read)
  time = new Date('2026-11-28T00:00:00Z')
  used(read)
  used(read)
  expect(lines).toHaveLength(2)
})

test('no more than ten thousand are remembered', () => {
  for (let n = 0; n < 10_000; n++) used({ ...read, userId: `usr_${n}` })
  used({ ...read, userId: 'usr_0' })
  expect(lines).toHaveLength(10_000)
  used({ ...read, userId: 'another' })
  used({ ...read, userId: 'usr_0' })
  expect(lines).toHaveLength(10_002)
})
