import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { findAdmins } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { interposeAt, recordsOf, startWorker } from './bare-worker.ts'
import { viewDirectory } from './directory-view.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, event, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()

const ann = anns.created(1, 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const byType = { [`ann ${customerId}`]: 'member by type' }

const granted = anns.granted(5)
const billing = anns.created(1, 'billing')
const deleted = anns.deleted(6)
const revoked = anns.revoked(6)
const full = { 'ann web': 'full' }
const other = (it: TimedEvent) => withId('other', it)

type Row = [
  name: string,
  first: TimedEvent[],
  planned: TimedEvent,
  meanwhile: TimedEvent,
  state: 'applied' | 'superseded' | 'waiting',
  grants?: Record<string, string>,
]

const rows: Row[] = [
  ['a grant, the user deleted', [ann, web], granted, deleted, 'superseded'],
  ['a grant, the project deleted', [ann, web], granted, project.deleted(6, 'web'), 'superseded'],
  ['an assignment, the server deleted', [ann, vm], anns.assigned(5), server.deleted(6, 'vm1'), 'superseded'],
  ['a grant, the user billing since', [ann, web], granted, anns.became(6, 'billing'), 'superseded', byType],
  ['a grant, the user billing before', [ann, web], granted, anns.became(4, 'billing'), 'waiting', byType],
  ['a grant, revoked since', [ann, web], granted, revoked, 'superseded'],
  [
    'a grant, another since',
    [ann, web],
    granted,
    anns.granted(6, ['dns:read']),
    'superseded',
    { 'ann web': 'dns:read' },
  ],
  ['a revocation, granted before', [ann, web], revoked, granted, 'applied'],
  ['a grant to wait for its user', [web], granted, ann, 'applied', full],
  ['a grant to wait for its project', [ann], granted, web, 'applied', full],
  ['an assignment to wait for its server', [ann], anns.assigned(5), vm, 'applied', { 'ann vm1': 'view' }],
  ['a revocation to wait for its user', [web], anns.revoked(5), anns.created(1, 'admin'), 'applied', byType],
  ['a grant to wait for another type', [billing, web], granted, anns.became(4, 'client'), 'applied', full],
  [
    'a user with Main, as the revocation begins to wait',
    [],
    anns.created(1, 'client', { main: true }),
    anns.outOfMain(4),
    'applied',
  ],
  [
    'a user, the address taken',
    [],
    anns.created(5, 'tech'),
    other(anns.created(4, 'billing')),
    'waiting',
    byType,
  ],
  ['a user to wait for its address', [ann], anns.created(6, 'billing'), anns.deleted(5), 'applied', byType],
  [
    'a project, the name taken',
    [ann],
    project.created(5, 'web'),
    other(project.created(4, 'WEB')),
    'waiting',
  ],
  ['a deletion, the user promoted', [ann, web], deleted, anns.became(5, 'admin'), 'applied'],
  ['a change of type, another since', [ann], anns.became(5, 'admin'), anns.became(6, 'client'), 'superseded'],
  ['a rename, another since', [ann], anns.renamed(5, 'Old'), anns.renamed(6, 'New'), 'superseded'],
  ['a disabling, an enabling since', [ann], anns.disabled(5), anns.enabled(6), 'superseded'],
  ['a suspension, a resumption since', [], customer.suspended(5), customer.resumed(6), 'superseded'],
  [
    'an update, another since',
    [],
    customer.updated(5, { organisation: 'A' }),
    customer.updated(6, { organisation: 'B' }),
    'superseded',
  ],
  [
    'a host name, another since',
    [vm],
    server.created(5, 'vm1', 'a.example'),
    server.created(6, 'vm1', 'b.example'),
    'superseded',
  ],
  ['an event, the customer closed since', [], ann, customer.closed(6), 'applied'],
]

test.each(rows)(
  'the state at the commit counts: %s',
  async (_name, first, planned, meanwhile, state, grants = {}) => {
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
  const second = event(1, 'customer.created', { ...customer.created.data, organisation: 'Other' })
  await worker.record([customer.created, second])
  interposeAt(worker.client, customer.created, () => worker.onStream({ Records: recordsOf([second]) }))
  await worker.onStream({ Records: recordsOf([customer.created]) })
  expect(await worker.statesOf([second, customer.created])).toEqual(['applied', 'failed'])
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
  ['a deleted user', [customer.created, ann], anns.deleted(9)],
  ['a deleted project', [customer.created, web], project.deleted(9, 'web')],
  ['a deleted server', [customer.created, vm], server.deleted(9, 'vm1')],
  ['a changed user', [customer.created, ann], anns.became(9, 'admin')],
  ['a grant', [customer.created, ann, web], anns.granted(9)],
  ['a revocation', [customer.created, ann, web, anns.granted(8)], anns.revoked(9)],
  ['an assignment', [customer.created, ann, vm], anns.assigned(9, ['view'])],
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
