import type { DynamoDBRecord } from 'aws-lambda'
import { expect, test } from 'vitest'
import { streamFilters } from '../../../functions/provisioning/stream-filter.ts'
import { openChangeStream } from '../../../infra/local/change-stream/change-stream.ts'
import { streamView } from '../../../shared/table/schema.ts'
import { satisfies } from '../../../shared/table/stream.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { breakRequests, startWorker } from './bare-worker.ts'
import { viewDirectory } from './directory-view.ts'
import { openStream } from './engine-stream.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, membership, project, server, user, withId } from './scene.ts'

// Its stream slows an engine down with every record: this file has one of its own, and few records.
const engine = await startTestEngine()

async function startStreamed() {
  const name = await engine.createTable({ stream: true })
  const worker = await startWorker(engine, undefined, name)
  return { ...worker, stream: await openStream(engine, name) }
}

/** Everything that can be waited for is, and comes. */
const scene: TimedEvent[] = [
  anns.granted(20, ['compute:read']),
  anns.created(1, 'tech'),
  customer.created,
  membership.granted(21, 'bob', 'web'),
  withId('early', anns.revoked(30)),
  user.created(2, 'bob', 'billing'),
  project.created(3, 'web'),
  server.created(4, 'vm1'),
  anns.assigned(22, ['power']),
  server.assigned(23, 'ann', 'vm2'),
  user.created(40, 'cleo', 'client'),
  withId('taken', user.created(5, 'cleo', 'admin')),
  project.created(41, 'Web'),
  server.created(6, 'vm2'),
  user.typeChanged(24, 'bob', 'client'),
  user.deleted(25, 'cleo'),
  project.deleted(31, 'web'),
  anns.disabled(26),
  server.deleted(27, 'vm2'),
  customer.suspended(50),
]

const written = ({ eventName, dynamodb }: DynamoDBRecord) => ({
  eventName,
  key: `${dynamodb?.Keys?.pk?.S} ${dynamodb?.Keys?.sk?.S}`,
})
const byKey = (records: readonly DynamoDBRecord[]) => Map.groupBy(records.map(written), ({ key }) => key)

test('the real stream alone, without a sweep, brings a directory to where the local tap brings it', async () => {
  const worker = await startStreamed()
  const delivered: DynamoDBRecord[] = []
  const local = openChangeStream(worker.client, { now: () => new Date(), log: () => {} })
  const everything = [{ dynamodb: { Keys: { pk: { S: [{ prefix: '' }] } } } }]
  local.subscribe({
    handle: async ({ Records }) => void delivered.push(...Records),
    filters: everything,
    shards: 1,
  })
  for (const event of scene) {
    await worker.record([event])
    await worker.stream.drain(worker.onStream)
  }
  await local.stop()

  const tapped = await startProvisioned(engine)
  await tapped.deliverEach(scene)
  expect(await viewDirectory(worker.table)).toEqual(await viewDirectory(tapped.table))
  const states = await worker.statesOf(scene)
  expect(states).toEqual(await Promise.all(scene.map(({ id }) => tapped.statusOf(id))))
  expect(states.filter((state) => state === 'received')).toEqual([])
  expect(worker.logged.filter(({ level }) => level === 'error')).toEqual([])
  await tapped.stop()

  // The filters rely on keys, and on whether an item is new.
  expect(worker.stream.view).toMatchObject({ StreamViewType: streamView })
  expect(byKey(worker.stream.seen)).toEqual(byKey(delivered))
  for (const record of worker.stream.seen)
    expect(Object.keys(record.dynamodb ?? {}).filter((field) => /Image/.test(field))).toEqual([])
  for (const filter of streamFilters)
    expect(worker.stream.seen.some((record) => satisfies(record, filter))).toBe(true)
  expect(worker.stream.seen.length).toBeLessThan(200)
})

test('the stream reports a delivery as inserted when it is recorded, and as modified when it is applied', async () => {
  const worker = await startStreamed()
  await worker.record([customer.created, customer.created])
  await worker.stream.drain(worker.onStream)
  const of = (key: string) => (byKey(worker.stream.seen).get(key) ?? []).map(({ eventName }) => eventName)
  expect(of('D#orders#e000 DELIVERY')).toEqual(['INSERT', 'MODIFY'])
  expect(of(`C#${customerId} CUSTOMER`)).toEqual(['INSERT'])
  expect(of(`C#${customerId} ADMINS`)).toEqual(['INSERT'])
})

test('a failed record is delivered again, and blocks no record before it', async () => {
  const worker = await startStreamed()
  const users = ['ann', 'bob', 'cleo', 'dan'].map((name, place) => user.created(place + 1, name, 'tech'))
  await worker.record([customer.created])
  await worker.stream.drain(worker.onStream)
  await worker.record(users)
  const mend = breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e003')
  const answers: string[] = []
  await worker.stream.drain(
    async (event) => {
      const answer = await worker.onStream(event)
      answers.push(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).join())
      if (answers.length === 2) mend()
      return answer
    },
    { batchSize: 4 },
  )
  expect(answers[0]).not.toBe('')
  expect(answers[1]).toBe(answers[0])
  expect(answers[2]).toBe('')
  expect(await worker.statesOf(users)).toEqual(users.map(() => 'applied'))
  expect(await allEvents(worker.table, customerId)).toHaveLength(5)
})
