import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { findAdmins } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { interposeAt, recordsOf, startWorker } from './bare-worker.ts'
import { viewDirectory } from './directory-view.ts'
import { allEvents } from './replay.ts'
import { customer, customerId, event, membership, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()

const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const byType = { [`ann ${customerId}`]: 'member by type' }

const granted = membership.granted(5, 'ann', 'web')
const billing = user.created(1, 'ann', 'billing')

type Row = [
  name: string,
  first: TimedEvent[],
  planned: TimedEvent,
  meanwhile: TimedEvent,
  state: 'applied' | 'superseded' | 'waiting',
  grants: Record<string, string>,
]

const rows: Row[] = [
  ['a grant, the user deleted', [ann, web], granted, user.deleted(6, 'ann'), 'superseded', {}],
  ['a grant, the project deleted', [ann, web], granted, project.deleted(6, 'web'), 'superseded', {}],
  [
    'an assignment, the server deleted',
    [ann, vm],
    server.assigned(5, 'ann', 'vm1'),
    server.deleted(6, 'vm1'),
    'superseded',
    {},
  ],
  [
    'a grant, the user made billing since',
    [ann, web],
    granted,
    user.typeChanged(6, 'ann', 'billing'),
    'superseded',
    byType,
  ],
  [
    'a grant, the user made billing before',
    [ann, web],
    granted,
    user.typeChanged(4, 'ann', 'billing'),
    'waiting',
    byType,
  ],
  ['a grant, revoked since', [ann, web], granted, membership.revoked(6, 'ann', 'web'), 'superseded', {}],
  [
    'a grant, another since',
    [ann, web],
    granted,
    membership.granted(6, 'ann', 'web', ['dns:read']),
    'superseded',
    { 'ann web': 'dns:read' },
  ],
  ['a revocation, granted before', [ann, web], membership.revoked(6, 'ann', 'web'), granted, 'applied', {}],
  ['a grant about to wait for its user', [web], granted, ann, 'applied', { 'ann web': 'full' }],
  ['a grant about to wait for its project', [ann], granted, web, 'applied', { 'ann web': 'full' }],
  [
    'an assignment about to wait for its server',
    [ann],
    server.assigned(5, 'ann', 'vm1'),
    vm,
    'applied',
    { 'ann vm1': 'view' },
  ],
  [
    'a revocation about to wait for its user',
    [web],
    membership.revoked(5, 'ann', 'web'),
    user.created(1, 'ann', 'admin'),
    'applied',
    byType,
  ],
  [
    'a grant about to wait for another type',
    [billing, web],
    granted,
    user.typeChanged(4, 'ann', 'client'),
    'applied',
    { 'ann web': 'full' },
  ],
  [
    'a user with Main, as the revocation begins to wait',
    [],
    user.created(1, 'ann', 'client', { main: true }),
    membership.revoked(4, 'ann', customerId),
    'applied',
    {},
  ],
  [
    'a user, the address taken',
    [],
    user.created(5, 'ann', 'tech'),
    withId('other', user.created(4, 'ann', 'billing')),
    'waiting',
    byType,
  ],
  [
    'a user about to wait for its address',
    [ann],
    user.created(6, 'ann', 'billing'),
    user.deleted(5, 'ann'),
    'applied',
    byType,
  ],
  [
    'a project, the name taken',
    [ann],
    project.created(5, 'web'),
    withId('other', project.created(4, 'WEB')),
    'waiting',
    {},
  ],
  [
    'a deletion, the user promoted',
    [ann, web],
    user.deleted(6, 'ann'),
    user.typeChanged(5, 'ann', 'admin'),
    'applied',
    {},
  ],
  [
    'a change of type, another since',
    [ann],
    user.typeChanged(5, 'ann', 'admin'),
    user.typeChanged(6, 'ann', 'client'),
    'superseded',
    {},
  ],
  [
    'a rename, another since',
    [ann],
    user.renamed(5, 'ann', 'Old'),
    user.renamed(6, 'ann', 'New'),
    'superseded',
    {},
  ],
  [
    'a disabling, an enabling since',
    [ann],
    user.disabled(5, 'ann'),
    user.enabled(6, 'ann'),
    'superseded',
    {},
  ],
  ['a suspension, a resumption since', [], customer.suspended(5), customer.resumed(6), 'superseded', {}],
  [
    'an update, another since',
    [],
    customer.updated(5, { organisation: 'A' }),
    customer.updated(6, { organisation: 'B' }),
    'superseded',
    {},
  ],
  [
    'a host name, another since',
    [vm],
    server.created(5, 'vm1', 'old.example'),
    server.created(6, 'vm1', 'new.example'),
    'superseded',
    {},
  ],
  ['an event, the customer closed since', [], ann, customer.closed(6), 'applied', {}],
]

test.each(rows)(
  'the state at the commit counts: %s',
  async (_name, first, planned, meanwhile, state, grants) => {
    const worker = await startWorker(engine)
    const before = [customer.created, ...first]
    await worker.record([...before, planned, meanwhile])
    for (const it of before) await worker.onStream({ Records: recordsOf([it]) })
    interposeAt(worker.client, planned, () => worker.onStream({ Records: recordsOf([meanwhile]) }))
    expect(await worker.onStream({ Records: recordsOf([planned]) })).toEqual({ batchItemFailures: [] })
    expect(await worker.statesOf([planned])).toEqual([state])
    expect((await viewDirectory(worker.table)).grants).toEqual(grants)
  },
)

test('two users who become admin at once are both listed', async () => {
  const worker = await startWorker(engine)
  const [eve, bob] = [user.created(5, 'eve', 'admin'), user.created(6, 'bob', 'admin')]
  await worker.record([customer.created, eve, bob])
  await worker.onStream({ Records: recordsOf([customer.created]) })
  interposeAt(worker.client, eve, () => worker.onStream({ Records: recordsOf([bob]) }))
  await worker.onStream({ Records: recordsOf([eve]) })
  expect(Object.values((await findAdmins(worker.table, customerId))?.since ?? {}).toSorted()).toEqual([
    '2026-08-01T00:05:00.000000000Z',
    '2026-08-01T00:06:00.000000000Z',
  ])
})

test('of two customers with an identifier one is created', async () => {
  const worker = await startWorker(engine)
  const other = event(1, 'customer.created', { ...customer.created.data, organisation: 'Other' })
  await worker.record([customer.created, other])
  interposeAt(worker.client, customer.created, () => worker.onStream({ Records: recordsOf([other]) }))
  await worker.onStream({ Records: recordsOf([customer.created]) })
  expect(await worker.statesOf([other, customer.created])).toEqual(['applied', 'failed'])
  expect(await allEvents(worker.table, customerId)).toHaveLength(1)
})

test('a delivery that is applied twice at once counts once', async () => {
  const worker = await startWorker(engine)
  await worker.record([customer.created])
  interposeAt(worker.client, customer.created, () =>
    worker.onStream({ Records: recordsOf([customer.created]) }),
  )
  expect(await worker.onStream({ Records: recordsOf([customer.created]) })).toEqual({ batchItemFailures: [] })
  expect(await worker.deliveryOf(customer.created.id)).toMatchObject({ status: 'applied', attempts: 1 })
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
  ['a customer', [], customer.created],
  ['a user', [customer.created], ann],
  ['a project', [customer.created], web],
  ['a server', [customer.created], vm],
  ['a deleted user', [customer.created, ann], user.deleted(9, 'ann')],
  ['a deleted project', [customer.created, web], project.deleted(9, 'web')],
  ['a deleted server', [customer.created, vm], server.deleted(9, 'vm1')],
  ['a changed user', [customer.created, ann], user.typeChanged(9, 'ann', 'admin')],
  ['a grant', [customer.created, ann, web], membership.granted(9, 'ann', 'web')],
  [
    'a revocation',
    [customer.created, ann, web, membership.granted(8, 'ann', 'web')],
    membership.revoked(9, 'ann', 'web'),
  ],
  ['an assignment', [customer.created, ann, vm], server.assigned(9, 'ann', 'vm1', ['view'])],
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
