import { expect, test } from 'vitest'
import { keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { Random } from '../../support/random.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { breakRequests, recordOf, recordsOf, startWorker } from './bare-worker.ts'
import { minute, stoppedClock } from './clock.ts'
import { viewDirectory } from './directory-view.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, mail, membership, project, server, user } from './scene.ts'

const engine = await startTestEngine()

const users = ['ann', 'bob', 'cleo', 'dan'].map((name, place) => user.created(place + 1, name, 'tech'))
const all = (events: readonly TimedEvent[], state: string) => events.map(() => state)
const failing = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
})
const nothing = { batchItemFailures: [] }

test('a record that fails is named, the others are applied, and it is applied when handed out again', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created, ...users])
  await worker.onStream({ Records: recordsOf([customer.created]) })
  const mend = breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e002')
  const Records = recordsOf(users)
  expect(await worker.onStream({ Records })).toEqual(failing('101'))
  expect(await worker.statesOf(users)).toEqual(['applied', 'received', 'applied', 'applied'])
  expect(worker.logged.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      message: 'a stream record could not be processed',
      fields: { error: expect.stringMatching(/^Error\n/) },
    },
  ])
  mend()
  expect(await worker.onStream({ Records: Records.slice(1) })).toEqual(nothing)
  expect(await worker.statesOf(users)).toEqual(all(users, 'applied'))
  expect(await allEvents(worker.table, customerId)).toHaveLength(5)
})

test('each of several that fail is named; a stream hands out everything from the first on again', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created, ...users])
  breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e004')
  breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e002')
  expect(await worker.onStream({ Records: recordsOf([customer.created, ...users]) })).toEqual(
    failing('102', '104'),
  )
  expect(await worker.statesOf(users)).toEqual(['applied', 'received', 'applied', 'received'])
})

test('a record fails whose waiting deliveries cannot be found or applied', async () => {
  const worker = await startWorker(engine)
  const waiting = [anns.granted(8), membership.granted(9, 'bob', 'web')]
  await worker.record([customer.created, ...users, ...waiting, project.created(5, 'web')])
  await worker.onStream({ Records: recordsOf([customer.created, ...users]) })
  await worker.onStream({ Records: recordsOf(waiting) })
  await worker.onStream({ Records: recordsOf([project.created(5, 'web')]) })
  expect(await worker.statesOf(waiting)).toEqual(all(waiting, 'waiting'))
  const claims = [keys.email(customerId, mail('ann')), keys.projectName(customerId, 'web')]
  const Records = claims.map((key, place) => recordOf(key, 7 + place))
  const mendQuery = breakRequests(worker.client, 'QueryCommand', `C#${customerId}|NAME#web`)
  expect(await worker.onStream({ Records })).toEqual(failing('8'))
  mendQuery()
  const mend = breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e008')
  expect(await worker.onStream({ Records })).toEqual(failing('8'))
  mend()
  expect(await worker.onStream({ Records })).toEqual(nothing)
  expect(await worker.statesOf(waiting)).toEqual(all(waiting, 'applied'))
})

test('a batch whose deliveries cannot be read fails as a whole', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created])
  breakRequests(worker.client, 'BatchGetItemCommand', 'D#orders#e000')
  await expect(worker.onStream({ Records: recordsOf([customer.created]) })).rejects.toThrow(
    'broken on purpose',
  )
})

test('records of deleted or settled items, without keys, and repeated records, do nothing', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created])
  const [once] = recordsOf([customer.created])
  const gone = recordOf(keys.delivery('orders', 'gone'), 5)
  const other = recordOf(keys.user(customerId, 'usr_1'), 6)
  const keyless = { dynamodb: { SequenceNumber: '1' } }
  const Records = [once, once, gone, other, keyless].filter((record) => record !== undefined)
  expect(await worker.onStream({ Records })).toEqual(nothing)
  expect(await worker.onStream({ Records })).toEqual(nothing)
  expect(await worker.deliveryOf(customer.created.id)).toMatchObject({
    status: 'applied',
    attempts: 1,
    version: 2,
  })
  expect(await allEvents(worker.table, customerId)).toHaveLength(1)
})

test('events that arrive together do not wait for each other', async () => {
  const worker = await startWorker(engine)
  const together = [
    customer.created,
    ...users,
    project.created(10, 'web'),
    server.created(11, 'vm1'),
    anns.granted(12),
    server.assigned(13, 'bob', 'vm1', ['power']),
    user.typeChanged(14, 'cleo', 'admin'),
    user.disabled(15, 'dan'),
  ]
  await worker.record(together)
  const Records = new Random(7).shuffled(recordsOf(together))
  expect(await worker.onStream({ Records })).toEqual(nothing)
  const deliveries = await Promise.all(together.map(({ id }) => worker.deliveryOf(id)))
  expect(deliveries.map((it) => [it?.status, it?.attempts])).toEqual(together.map(() => ['applied', 1]))
})

test('many at once that change the same user each count once', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created, anns.created(1, 'tech')])
  await worker.onStream({ Records: recordsOf([customer.created, anns.created(1, 'tech')]) })
  const renames = Array.from({ length: 60 }, (_, place) => anns.renamed(10 + place, `Ann ${place}`))
  await worker.record(renames)
  const records = recordsOf(new Random(3).shuffled(renames))
  const invocations = [0, 20, 40].map((from) => ({ Records: records.slice(from, from + 20) }))
  const answers = await Promise.all(invocations.map((batch) => worker.onStream(batch)))
  expect(answers).toEqual([nothing, nothing, nothing])
  const states = await worker.statesOf(renames)
  expect(states.filter((state) => state !== 'applied' && state !== 'superseded')).toEqual([])
  const events = await allEvents(worker.table, customerId)
  expect(events).toHaveLength(2 + states.filter((state) => state === 'applied').length)
  expect((await viewDirectory(worker.table)).users).toHaveProperty('ann', 'tech called Ann 59')
})

test('a sweep goes on when one of its deliveries fails, and names nobody in its log', async () => {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const worker = await startWorker(engine, clock.now)
  await worker.record([customer.created, ...users])
  clock.move(minute)
  const mend = breakRequests(worker.client, 'TransactWriteItemsCommand', 'D#orders#e002')
  await worker.sweep()
  clock.move(minute)
  await worker.sweep()
  expect(await worker.statesOf(users)).toEqual(['applied', 'received', 'applied', 'applied'])
  mend()
  expect(await worker.sweep()).toBe(1)
  expect(await worker.statesOf(users)).toEqual(all(users, 'applied'))
  expect(worker.logged.filter(({ level }) => level === 'error')).toHaveLength(2)
  expect(JSON.stringify(worker.logged)).not.toContain('bge.example')
})

test('a sweep takes more than a page', async () => {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const worker = await startWorker(engine, clock.now)
  const many = Array.from({ length: 210 }, (_, place) => project.created(place, `p${place}`))
  await Promise.all(many.map((it) => worker.record([it])))
  clock.move(minute)
  expect(await worker.sweep()).toBe(210)
  expect(new Set(await worker.statesOf(many))).toEqual(new Set(['waiting']))
})

test('a delivery that a lagging index still lists as due is left alone', async () => {
  const worker = await startWorker(engine)
  const waiting = anns.granted(9)
  await worker.record([customer.created, waiting])
  await worker.onStream({ Records: recordsOf([customer.created]) })
  await worker.onStream({ Records: recordsOf([waiting]) })
  const Items = [customer.created, waiting].map(({ id }) => keys.delivery('orders', id))
  worker.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'QueryCommand') return next(args)
      return { output: { $metadata: {}, Items }, response: undefined }
    },
    { step: 'initialize' },
  )
  expect(await worker.sweep()).toBe(0)
  const deliveries = await Promise.all([
    worker.deliveryOf(customer.created.id),
    worker.deliveryOf(waiting.id),
  ])
  expect(deliveries.map((it) => [it?.status, it?.attempts])).toEqual([
    ['applied', 1],
    ['waiting', 1],
  ])
})

test('the log line of a delivery names its source and its state, and no person', async () => {
  const worker = await startWorker(engine)
  const refused = user.disabled(9, 'owner')
  await worker.record([customer.created, refused])
  await worker.onStream({ Records: recordsOf([customer.created]) })
  await worker.onStream({ Records: recordsOf([refused]) })
  const common = { source: 'orders', customerId, attempts: 1 }
  expect(worker.logged).toEqual([
    {
      level: 'info',
      message: 'delivery',
      fields: { ...common, deliveryId: 'e000', eventType: 'customer.created', deliveryStatus: 'applied' },
    },
    {
      level: 'warn',
      message: 'delivery',
      fields: { ...common, deliveryId: 'e009', eventType: 'user.disabled', deliveryStatus: 'failed' },
    },
  ])
})
