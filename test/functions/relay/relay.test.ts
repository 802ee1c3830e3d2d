import type { DynamoDBRecord } from 'aws-lambda'
import { expect, test } from 'vitest'
import { streamFilters as cleanup } from '../../../functions/cleanup/stream-filter.ts'
import { streamFilters as openStack } from '../../../functions/openstack/stream-filter.ts'
import { keys } from '../../../shared/table/keys.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { startRelay } from './bare-relay.ts'

const deleted = (sequence: number) =>
  recordOf(keys.cleanup('ACM000001', 'user', 'usr_1', '2026-01-01'), sequence)
const marked = (sequence: number) => recordOf(keys.openstack('ACM000001', 'prj_1'), sequence)
const other = (sequence: number) => recordOf(keys.project('ACM000001', 'prj_1'), sequence)
const range = (count: number) => Array.from({ length: count }, (_, place) => place + 1)
const subscriptions = [
  { queueUrl: 'cleanup', filters: cleanup },
  { queueUrl: 'openstack', filters: openStack },
]
const failingFrom = (sequence: number) => ({ batchItemFailures: [{ itemIdentifier: String(sequence) }] })
const nothingFailed = { batchItemFailures: [] }

test('each worker gets the records that trigger it, one per message', async () => {
  const relay = startRelay(subscriptions)
  const records = [deleted(1), marked(2), other(3), marked(4)]
  expect(await relay.onStream({ Records: records })).toEqual(nothingFailed)
  expect(relay.recordsIn('cleanup')).toEqual([records[0]])
  expect(relay.recordsIn('openstack')).toEqual([records[1], records[3]])
})

test('a record that triggers two workers goes to both, once by however many filters', async () => {
  const relay = startRelay([...subscriptions, { queueUrl: 'another', filters: [...cleanup, ...cleanup] }])
  await relay.onStream({ Records: [deleted(1)] })
  expect(relay.recordsIn('cleanup')).toEqual([deleted(1)])
  expect(relay.recordsIn('another')).toEqual([deleted(1)])
})

test('a record that triggers no worker is not sent', async () => {
  const relay = startRelay(subscriptions)
  const removed: DynamoDBRecord = { ...marked(2), eventName: 'REMOVE' }
  expect(await relay.onStream({ Records: [other(1), removed] })).toEqual(nothingFailed)
  expect(relay.requests).toEqual([])
})

test('one request has ten entries at most, each with an id of its own', async () => {
  const relay = startRelay(subscriptions)
  await relay.onStream({ Records: range(25).map(deleted) })
  expect(relay.requests.map(({ entries }) => new Set(entries.map(({ Id }) => Id)).size)).toEqual([10, 10, 5])
  expect(relay.recordsIn('cleanup')).toHaveLength(25)
})

test('a refused record is repeated, and all after it', async () => {
  const relay = startRelay(subscriptions, { refuses: ['13', '17'] })
  expect(await relay.onStream({ Records: range(25).map(deleted) })).toEqual(failingFrom(13))
  expect(relay.recordsIn('cleanup')).toHaveLength(23)
})

test('a request that fails, fails all of its records', async () => {
  const relay = startRelay(subscriptions, { breaksAt: '15' })
  expect(await relay.onStream({ Records: range(25).map(deleted) })).toEqual(failingFrom(11))
})

test('a refusal of one queue does not affect the other', async () => {
  const relay = startRelay(subscriptions, { breaksAt: '1' })
  const records = [deleted(1), marked(2), marked(3)]
  expect(await relay.onStream({ Records: records })).toEqual(failingFrom(1))
  expect(relay.recordsIn('openstack')).toEqual([records[1], records[2]])
})

test('of two queues that refuse, the earlier record counts', async () => {
  const relay = startRelay(subscriptions, { refuses: ['3', '2'] })
  expect(await relay.onStream({ Records: [marked(1), marked(2), deleted(3)] })).toEqual(failingFrom(2))
})

test('a failed record without a number fails all', async () => {
  const relay = startRelay(subscriptions, { breaksAt: undefined })
  const { dynamodb: { SequenceNumber: _, ...dynamodb } = {}, ...record } = deleted(2)
  expect(await relay.onStream({ Records: [{ ...record, dynamodb }] })).toEqual({
    batchItemFailures: [{ itemIdentifier: '' }],
  })
})

test('the log has the number of refused records and the reason, and no record', async () => {
  const relay = startRelay(subscriptions, { refuses: ['1', '2'] })
  await relay.onStream({ Records: [deleted(1), deleted(2), deleted(3)] })
  expect(relay.logged).toEqual([
    {
      level: 'error',
      message: 'a queue refused stream records',
      fields: { code: 'InternalError', count: 2 },
    },
  ])
})

test('the log has a failed request', async () => {
  const relay = startRelay(subscriptions, { breaksAt: '1' })
  await relay.onStream({ Records: [deleted(1), deleted(2)] })
  expect(relay.logged).toMatchObject([{ level: 'error', fields: { count: 2 } }])
  expect(JSON.stringify(relay.logged)).not.toContain('ACM000001')
})
