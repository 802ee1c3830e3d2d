import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { findAdmins } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { recordsOf, startWorker } from './bare-worker.ts'
import { viewDirectory } from './directory-view.ts'
import { allEvents } from './replay.ts'
import {
  assign,
  becomes,
  becomesCustomer,
  born,
  customerId,
  disabled,
  enabled,
  event,
  grant,
  named,
  project,
  projectGone,
  renamed,
  revoke,
  server,
  serverGone,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()

const ann = user(1, 'ann', 'tech')
const web = project(2, 'web')
const vm = named('vm', server(2, 'vm1'))
const main = `ann ${customerId}`

/** Lets something else happen after a delivery's transaction was planned and before it is sent. */
function interpose(client: DynamoDBClient, { id }: TimedEvent, meanwhile: () => Promise<unknown>) {
  let isDone = false
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isIts =
        context.commandName === 'TransactWriteItemsCommand' &&
        JSON.stringify(args.input).includes(`"D#orders#${id}"`)
      if (isIts && !isDone) {
        isDone = true
        await meanwhile()
      }
      return next(args)
    },
    { step: 'build' },
  )
}

type Row = [
  name: string,
  first: TimedEvent[],
  planned: TimedEvent,
  meanwhile: TimedEvent,
  state: string,
  right: [pair: string, is: string | undefined],
]

const noRight: Row[5] = ['ann web', undefined]
const rows: Row[] = [
  [
    'a grant, the user deleted',
    [ann, web],
    grant(5, 'ann', 'web', ['full']),
    userGone(6, 'ann'),
    'superseded',
    noRight,
  ],
  [
    'a grant, the project deleted',
    [ann, web],
    grant(5, 'ann', 'web', ['full']),
    projectGone(6, 'web'),
    'superseded',
    noRight,
  ],
  [
    'an assignment, the server deleted',
    [ann, vm],
    assign(5, 'ann', 'vm1', []),
    serverGone(6, 'vm1'),
    'superseded',
    ['ann vm1', undefined],
  ],
  [
    'a grant, the user made billing since',
    [ann, web],
    grant(5, 'ann', 'web', ['full']),
    becomes(6, 'ann', 'billing'),
    'superseded',
    noRight,
  ],
  [
    'a grant, the user made billing before',
    [ann, web],
    grant(6, 'ann', 'web', ['full']),
    becomes(5, 'ann', 'billing'),
    'waiting',
    noRight,
  ],
  [
    'a grant, revoked since',
    [ann, web],
    grant(5, 'ann', 'web', ['full']),
    revoke(6, 'ann', 'web'),
    'superseded',
    noRight,
  ],
  [
    'a grant, another since',
    [ann, web],
    grant(5, 'ann', 'web', ['full']),
    grant(6, 'ann', 'web', ['dns:read']),
    'superseded',
    ['ann web', 'dns:read'],
  ],
  [
    'a revocation, granted before',
    [ann, web],
    revoke(6, 'ann', 'web'),
    grant(5, 'ann', 'web', ['full']),
    'applied',
    noRight,
  ],
  [
    'a grant about to wait for its user',
    [web],
    grant(5, 'ann', 'web', ['full']),
    ann,
    'applied',
    ['ann web', 'full'],
  ],
  [
    'a grant about to wait for its project',
    [ann],
    grant(5, 'ann', 'web', ['full']),
    web,
    'applied',
    ['ann web', 'full'],
  ],
  [
    'an assignment about to wait for its server',
    [ann],
    assign(5, 'ann', 'vm1', []),
    vm,
    'applied',
    ['ann vm1', 'view'],
  ],
  [
    'a revocation about to wait for its user',
    [web],
    revoke(5, 'ann', 'web'),
    user(1, 'ann', 'admin'),
    'applied',
    noRight,
  ],
  [
    'a grant about to wait for another type',
    [user(1, 'ann', 'billing'), web],
    grant(6, 'ann', 'web', ['full']),
    becomes(5, 'ann', 'client'),
    'applied',
    ['ann web', 'full'],
  ],
  [
    'a user with Main, as the revocation begins to wait',
    [],
    user(1, 'ann', 'client', { main: true }),
    revoke(4, 'ann', customerId),
    'applied',
    [main, undefined],
  ],
  [
    'a user, the address taken',
    [],
    user(5, 'ann', 'tech'),
    named('other', user(4, 'ann', 'billing')),
    'waiting',
    [main, 'member by type'],
  ],
  [
    'a user about to wait for its address',
    [user(1, 'ann', 'tech')],
    user(6, 'ann', 'billing'),
    userGone(5, 'ann'),
    'applied',
    [main, 'member by type'],
  ],
  [
    'a project, the name taken',
    [ann],
    project(5, 'web'),
    named('other', project(4, 'WEB')),
    'waiting',
    noRight,
  ],
  [
    'a deletion, the user promoted',
    [ann, web],
    userGone(6, 'ann'),
    becomes(5, 'ann', 'admin'),
    'applied',
    noRight,
  ],
  [
    'a change of type, another since',
    [ann],
    becomes(5, 'ann', 'admin'),
    becomes(6, 'ann', 'client'),
    'superseded',
    [main, undefined],
  ],
  [
    'a rename, another since',
    [ann],
    renamed(5, 'ann', 'Old'),
    renamed(6, 'ann', 'New'),
    'superseded',
    noRight,
  ],
  ['a disabling, an enabling since', [ann], disabled(5, 'ann'), enabled(6, 'ann'), 'superseded', noRight],
  [
    'a suspension, a resumption since',
    [],
    becomesCustomer(5, 'suspended'),
    becomesCustomer(6, 'resumed'),
    'superseded',
    noRight,
  ],
  [
    'an update, another since',
    [],
    event(5, 'customer.updated', { organisation: 'A' }),
    event(6, 'customer.updated', { organisation: 'B' }),
    'superseded',
    noRight,
  ],
  [
    'a host name, another since',
    [vm],
    server(5, 'vm1', 'old.example'),
    server(6, 'vm1', 'new.example'),
    'superseded',
    noRight,
  ],
  ['an event, the customer closed since', [], ann, becomesCustomer(6, 'closed'), 'applied', noRight],
]

test.each(rows)(
  'the state at the commit counts: %s',
  async (_name, first, planned, meanwhile, state, [pair, is]) => {
    const worker = await startWorker(engine)
    const before = [born, ...first]
    await worker.record([...before, planned, meanwhile])
    for (const it of before) await worker.onStream({ Records: recordsOf([it]) })
    interpose(worker.client, planned, () => worker.onStream({ Records: recordsOf([meanwhile]) }))
    expect(await worker.onStream({ Records: recordsOf([planned]) })).toEqual({ batchItemFailures: [] })
    expect(await worker.statesOf([planned])).toEqual([state])
    expect((await viewDirectory(worker.table)).grants[pair]).toBe(is)
  },
)

test('two users who become admin at once are both listed', async () => {
  const worker = await startWorker(engine)
  const [eve, bob] = [user(5, 'eve', 'admin'), user(6, 'bob', 'admin')]
  await worker.record([born, eve, bob])
  await worker.onStream({ Records: recordsOf([born]) })
  interpose(worker.client, eve, () => worker.onStream({ Records: recordsOf([bob]) }))
  await worker.onStream({ Records: recordsOf([eve]) })
  expect(Object.values((await findAdmins(worker.table, customerId))?.since ?? {}).toSorted()).toEqual([
    '2026-08-01T00:05:00.000000000Z',
    '2026-08-01T00:06:00.000000000Z',
  ])
})

test('of two customers with an identifier one is created', async () => {
  const worker = await startWorker(engine)
  const other = event(1, 'customer.created', { ...born.data, organisation: 'Other' })
  await worker.record([born, other])
  interpose(worker.client, born, () => worker.onStream({ Records: recordsOf([other]) }))
  await worker.onStream({ Records: recordsOf([born]) })
  expect(await worker.statesOf([other, born])).toEqual(['applied', 'failed'])
  expect(await allEvents(worker.table, customerId)).toHaveLength(1)
})

test('a delivery that is applied twice at once counts once', async () => {
  const worker = await startWorker(engine)
  await worker.record([born])
  interpose(worker.client, born, () => worker.onStream({ Records: recordsOf([born]) }))
  expect(await worker.onStream({ Records: recordsOf([born]) })).toEqual({ batchItemFailures: [] })
  expect(await worker.deliveryOf(born.id)).toMatchObject({ status: 'applied', attempts: 1 })
  expect(await allEvents(worker.table, customerId)).toHaveLength(1)
})

/** Runs something between the read of a delivery and the reads that its plan is made from. */
function interposeAfterRead(client: DynamoDBClient, { id }: TimedEvent, meanwhile: () => Promise<unknown>) {
  let state: 'before' | 'read' | 'done' = 'before'
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (state === 'read' && /^(GetItem|BatchGetItem|Query)Command$/.test(context.commandName ?? '')) {
        state = 'done'
        await meanwhile()
      }
      if (state === 'before' && JSON.stringify(args.input).includes(`"D#orders#${id}"`)) state = 'read'
      return next(args)
    },
    { step: 'build' },
  )
}

test.each<[string, TimedEvent[], TimedEvent]>([
  ['a customer', [], born],
  ['a user', [born], ann],
  ['a project', [born], web],
  ['a server', [born], vm],
  ['a deleted user', [born, ann], userGone(9, 'ann')],
  ['a deleted project', [born, web], projectGone(9, 'web')],
  ['a deleted server', [born, vm], serverGone(9, 'vm1')],
  ['a changed user', [born, ann], becomes(9, 'ann', 'admin')],
  ['a grant', [born, ann, web], grant(9, 'ann', 'web', ['full'])],
  ['a revocation', [born, ann, web, grant(8, 'ann', 'web', ['full'])], revoke(9, 'ann', 'web')],
  ['an assignment', [born, ann, vm], assign(9, 'ann', 'vm1', ['view'])],
])('%s whose delivery two workers apply at once counts once', async (_, first, last) => {
  const worker = await startWorker(engine)
  await worker.record([...first, last])
  for (const each of first) await worker.onStream({ Records: recordsOf([each]) })
  const events = await allEvents(worker.table, customerId)
  interposeAfterRead(worker.client, last, () => worker.onStream({ Records: recordsOf([last]) }))
  expect(await worker.onStream({ Records: recordsOf([last]) })).toEqual({ batchItemFailures: [] })
  expect(await worker.deliveryOf(last.id)).toMatchObject({ status: 'applied', attempts: 1 })
  expect(await allEvents(worker.table, customerId)).toHaveLength(events.length + 1)
})
