import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Level } from '../../../shared/domain/entities/role.ts'
import { keys } from '../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import { listUsage, recordUsage } from '../../../shared/usage/usage-store.ts'
import type { Usage } from '../../../shared/usage/usage.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const client = engine.connect()
afterAll(() => client.destroy())
let sent: { operation: string; input: object }[] = []
client.middlewareStack.add(
  (next, context) => (args) => {
    sent.push({ operation: String(context.commandName), input: args.input })
    return next(args)
  },
  { step: 'initialize' },
)
const now = new Date('2026-11-27T12:00:00Z')
const customerId = 'ACM000001'
const documents = DynamoDBDocumentClient.from(client, documentOptions)
const freshTable = async () => openTable({ documents, name: await engine.createTable(), now: () => now })
let table = await freshTable()
beforeEach(async () => {
  table = await freshTable()
  sent = []
})

const useOf = (userId: string, id: string, level: Level, kind: 'project' | 'server' = 'project'): Usage => ({
  customerId,
  userId,
  resource: { kind, id },
  level,
})
const read = useOf('usr_1', 'prj_1', 'read')
const listed = async (userId = 'usr_1') => Object.fromEntries(await listUsage(table, customerId, userId))
const lastUse = async () => (await listUsage(table, customerId, 'usr_1')).get('project/prj_1')?.lastUse
const updates = () => sent.filter(({ operation }) => operation.startsWith('Update')).length

test('each level of each resource has its own last day', async () => {
  const operate = useOf('usr_1', 'prj_1', 'operate')
  await recordUsage(table, [read], '2026-11-25')
  await recordUsage(table, [operate, useOf('usr_1', 'vps-1', 'manage', 'server')], '2026-11-26')
  await recordUsage(table, [useOf('usr_2', 'main', 'read')], '2026-11-27')
  expect(await listed()).toEqual({
    'project/prj_1': { lastUse: { read: '2026-11-25', operate: '2026-11-26' } },
    'server/vps-1': { lastUse: { manage: '2026-11-26' } },
  })
  expect(await listed('usr_2')).toEqual({ 'project/main': { lastUse: { read: '2026-11-27' } } })
  expect(await listed('usr_3')).toEqual({})
})

test('a usage recorded twice on a day is one write, and one read the second time', async () => {
  expect(await recordUsage(table, [read, read], '2026-11-27')).toBe(1)
  expect(sent.map(({ operation }) => operation)).toEqual(['BatchGetItemCommand', 'UpdateItemCommand'])
  sent = []
  expect(await recordUsage(table, [read], '2026-11-27')).toBe(0)
  expect(sent.map(({ operation }) => operation)).toEqual(['BatchGetItemCommand'])
})

test('a usage recorded by several at once is one write', async () => {
  const writes = await Promise.all(Array.from({ length: 8 }, () => recordUsage(table, [read], '2026-11-27')))
  expect(writes.reduce((sum, each) => sum + each, 0)).toBe(1)
  expect(updates()).toBe(8)
  expect((await table.get(keys.usage(customerId, 'usr_1', 'project', 'prj_1')))?.version).toBe(1)
})

test('a later day raises it, an earlier one never lowers it', async () => {
  await recordUsage(table, [read], '2026-11-26')
  await recordUsage(table, [read], '2026-11-27')
  expect(await lastUse()).toEqual({ read: '2026-11-27' })
  expect(await recordUsage(table, [read], '2026-11-25')).toBe(0)
  expect(await lastUse()).toEqual({ read: '2026-11-27' })
  // A run that read before the later day was recorded:
  const late = table.setIfGreater(keys.usage(customerId, 'usr_1', 'project', 'prj_1'), {
    attribute: 'read',
    value: '2026-11-26',
    ttl: 1,
  })
  expect([await late, await lastUse()]).toEqual([false, { read: '2026-11-27' }])
})

test('a usage expires 400 days after it was last recorded', async () => {
  await recordUsage(table, [read], '2026-11-27')
  const item = await table.get(keys.usage(customerId, 'usr_1', 'project', 'prj_1'))
  expect(item?.ttl).toBe(new Date('2028-01-01T12:00:00Z').getTime() / 1000)
})

test('the last review recorded beside it stays, and is read', async () => {
  const key = keys.usage(customerId, 'usr_1', 'project', 'prj_1')
  const reviewedAt = '2026-11-20T00:00:00.000000000Z'
  await table.transact([{ update: key, with: { set: { reviewedAt, reviewedIn: '01JD' } } }])
  expect(await listed()).toEqual({ 'project/prj_1': { lastUse: {}, reviewedAt, reviewedIn: '01JD' } })
  await recordUsage(table, [read], '2026-11-27')
  expect(await listed()).toEqual({
    'project/prj_1': { lastUse: { read: '2026-11-27' }, reviewedAt, reviewedIn: '01JD' },
  })
})

test('many are read a hundred at a time', async () => {
  const many = Array.from({ length: 250 }, (_, n) => useOf(`usr_${n}`, 'prj_1', 'read'))
  expect(await recordUsage(table, many, '2026-11-27')).toBe(250)
  expect(sent.filter(({ operation }) => operation.startsWith('BatchGet'))).toHaveLength(3)
})

test('all usage of a user is one request, at half the price of a strong one', async () => {
  await recordUsage(table, [read, useOf('usr_1', 'vps-1', 'read', 'server')], '2026-11-27')
  sent = []
  expect(Object.keys(await listed())).toEqual(['project/prj_1', 'server/vps-1'])
  expect(sent).toEqual([
    {
      operation: expect.stringContaining('Query'),
      input: expect.objectContaining({ ConsistentRead: false }),
    },
  ])
})
