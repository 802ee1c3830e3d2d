import { gzipSync } from 'node:zlib'
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { expect, test, vi } from 'vitest'
import { createSeenLog, createUsageLog } from '../../../shared/usage/usage-log.ts'
import { createJsonLog } from '../../../shared/runtime/log.ts'
import { keys } from '../../../shared/table/keys.ts'
import { openTable } from '../../../shared/table/table.ts'
import { listUsage } from '../../../shared/usage/usage-store.ts'
import type { Usage } from '../../../shared/usage/usage.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const name = await engine.createTable()
Object.assign(process.env, {
  TABLE_NAME: name,
  AWS_REGION: 'local',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
})
const { handler } = await import('../../../functions/usage/handler.ts')
const table = openTable({ documents: engine.documents, name, now: () => new Date() })

/** Encodes lines like the subscription. */
function eventOf(messages: readonly string[], messageType = 'DATA_MESSAGE') {
  const data = {
    messageType,
    owner: '111111111111',
    logGroup: 'Api',
    logStream: '2026/11/27/[$LATEST]1',
    subscriptionFilters: ['Lines'],
    logEvents: messages.map((message, place) => ({ id: String(place), timestamp: 0, message })),
  }
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } }
}

/** Log lines of the API for these, at that time. */
function linesOf(uses: readonly Usage[], time: string): string[] {
  const lines: string[] = []
  const now = () => new Date(time)
  const used = createUsageLog(
    createJsonLog((line) => void lines.push(line), now),
    now,
  )
  uses.forEach(used)
  return lines
}

const useOf = (customerId: string): Usage => ({
  customerId,
  userId: 'usr_1',
  resource: { kind: 'project', id: 'prj_1' },
  level: 'read',
})
const listed = async (customerId: string) => Object.fromEntries(await listUsage(table, customerId, 'usr_1'))
const onDay = (day: string) => ({ 'project/prj_1': { lastUse: { read: day } } })

test('usage in the log of the API is recorded, on the day of the line', async () => {
  const [one, other] = [useOf('ACM000001'), useOf('ACM000002')]
  await handler(
    eventOf([...linesOf([one], '2026-11-28T00:00:00Z'), ...linesOf([one, other], '2026-11-27T23:59:59Z')]),
  )
  expect(await listed('ACM000001')).toEqual(onDay('2026-11-28'))
  expect(await listed('ACM000002')).toEqual(onDay('2026-11-27'))
})

const line = { time: '2026-11-27T12:00:00Z', message: 'a right was used', customerId: 'ACM000003' }
test('a sighting is recorded with the user, at the time of the line', async () => {
  const key = keys.user('ACM000009', 'usr_9')
  await table.putNew({ ...key, name: 'Nina' })
  const lines: string[] = []
  const at = new Date('2026-11-27T09:00:00Z')
  const log = createJsonLog(
    (text) => void lines.push(text),
    () => at,
  )
  for (const userId of ['usr_9', 'usr_none'])
    createSeenLog(log, () => at)({ customerId: 'ACM000009', userId })
  await handler(eventOf(lines))
  await handler(eventOf(lines))
  const lastSeenAt = '2026-11-27T09:00:00.000000000Z'
  expect(await table.get(key)).toEqual({ ...key, name: 'Nina', version: 1, lastSeenAt })
  expect(await table.get(keys.user('ACM000009', 'usr_none'))).toBeUndefined()
})

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['another message', JSON.stringify({ ...line, message: 'request', use: 'usr_1 project/prj_1 read' })],
  ['no use', JSON.stringify(line)],
  ['a use that is none', JSON.stringify({ ...line, use: 'usr_1 project/prj#1 read' })],
  ['nobody', JSON.stringify({ ...line, message: 'a user was seen' })],
  ['no user', JSON.stringify({ ...line, message: 'a user was seen', userId: 'usr#1' })],
  ['no time', JSON.stringify({ ...line, time: 'noon', use: 'usr_1 project/prj_1 read' })],
  [
    'a day that is not in the calendar',
    JSON.stringify({ ...line, time: '2026-02-30T12:00:00Z', use: 'u server/s read' }),
  ],
])('a line of %s is skipped and counted, and the others are recorded', async (what, bad) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const customerId = `ACM-${what.replaceAll(' ', '-')}`
  await handler(eventOf([bad, ...linesOf([useOf(customerId)], '2026-11-27T12:00:00Z'), bad]))
  const written = write.mock.calls.map(([text]): Record<string, unknown> => JSON.parse(String(text)))
  write.mockRestore()
  expect(written).toEqual([
    expect.objectContaining({ message: 'log lines without usage were skipped', count: 2 }),
  ])
  expect(await listed(customerId)).toEqual(onDay('2026-11-27'))
  expect(await listed('ACM000003')).toEqual({})
})

test.each([
  ['no base64 of gzip', 'x'],
  ['nothing', ''],
  ['no JSON', gzipSync('{').toString('base64')],
  ['null', gzipSync('null').toString('base64')],
  ['no lines', gzipSync('{"messageType":"DATA_MESSAGE"}').toString('base64')],
])('an event of %s is dropped with a line in the log', async (_what, data) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  await handler({ awslogs: { data } })
  const written = write.mock.calls.map(([text]): Record<string, unknown> => JSON.parse(String(text)))
  write.mockRestore()
  expect(written).toMatchObject([{ level: 'error', message: 'unreadable log data was dropped' }])
})

test('a log event without text is skipped, and the others are recorded', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const lines = linesOf([useOf('ACM000005')], '2026-11-27T12:00:00Z')
  const logEvents = [null, {}, { message: 7 }, ...lines.map((message) => ({ message }))]
  const data = gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64')
  await handler({ awslogs: { data } })
  write.mockRestore()
  expect(await listed('ACM000005')).toEqual(onDay('2026-11-27'))
})

test('a control message records nothing', async () => {
  await handler(eventOf(linesOf([useOf('ACM000004')], '2026-11-27T12:00:00Z'), 'CONTROL_MESSAGE'))
  expect(await listed('ACM000004')).toEqual({})
})

test('a failed write fails the invocation, which is repeated', async () => {
  const event = eventOf(linesOf([useOf('ACM000005')], '2026-11-27T12:00:00Z'))
  await engine.client.send(new DeleteTableCommand({ TableName: name }))
  await expect(handler(event)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
