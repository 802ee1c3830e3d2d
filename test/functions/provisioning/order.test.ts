import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner, orders, permutations } from './arrivals.ts'
import type { DirectoryView } from './directory-view.ts'
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
  mail,
  named,
  project,
  projectGone,
  renamed,
  revoke,
  server,
  serverGone,
  time,
  unassign,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()
const service = await startProvisioned(engine)
const runner = createStoryRunner(service)

const ann = user(1, 'ann', 'tech')
const web = project(2, 'web')
const vm = named('vm', server(2, 'vm1'))
const main = `ann ${customerId}`

const older = (it: TimedEvent) => named('older', { ...it, timestamp: time(-1) })
const taken: [name: string, right: string, events: TimedEvent[]][] = [
  ['a membership', 'ann web', [ann, web, grant(3, 'ann', 'web', ['full']), revoke(4, 'ann', 'web')]],
  ['an assignment', 'ann vm1', [ann, vm, assign(3, 'ann', 'vm1', []), unassign(4, 'ann', 'vm1')]],
  ['a role in Main', main, [ann, grant(3, 'ann', customerId, ['cdn']), revoke(4, 'ann', customerId)]],
  [
    'a grant older than its user',
    'ann web',
    [older(grant(0, 'ann', 'web', ['full'])), ann, revoke(4, 'ann', 'web')],
  ],
  [
    'a membership that comes with a creation',
    main,
    [user(1, 'ann', 'client', { main: true }), revoke(4, 'ann', customerId)],
  ],
  ['a membership that comes with a type', main, [user(1, 'ann', 'billing'), revoke(4, 'ann', customerId)]],
]

test.each(taken)(
  '%s is at no moment there once its revocation has arrived, in any order',
  async (_name, right, events) => {
    const first = [born, ...(events.includes(web) ? [] : [named('web', web)])]
    const revocation = events.slice(-1)
    const ends = await runner.finalViews(
      first,
      events.includes(vm) ? orders(events) : permutations(events),
      (arrived) => revocation.every((it) => arrived.includes(it)),
    )
    const views = ends.flatMap(({ moments, end }) => [...moments, end])
    expect(views.filter(({ grants }) => right in grants)).toEqual([])
    for (const { arrival, end } of ends) expect([arrival, end]).toEqual([arrival, ends[0]?.end])
    expect(service.failures).toEqual([])
  },
)

test('no grant gets past a newer revocation that waits, not even for a moment', async () => {
  const own = await startProvisioned(engine)
  const waiting = [
    grant(3, 'ann', 'web', ['full']),
    revoke(4, 'ann', 'web'),
    assign(5, 'ann', 'vm1', []),
    unassign(6, 'ann', 'vm1'),
    revoke(7, 'bob', customerId),
    revoke(13, 'cleo', 'web'),
    revoke(11, 'cleo', 'web'),
    grant(12, 'cleo', 'web', ['full']),
  ]
  await own.deliverEach([born, ...waiting, ann, web, vm, user(8, 'cleo', 'tech')])
  await own.deliverEach([named('bob', user(1, 'bob', 'client', { main: true }))])
  const states = await Promise.all(waiting.map(({ id }) => own.statusOf(id)))
  const pairs = ['superseded', 'applied', 'superseded', 'applied']
  expect(states).toEqual([...pairs, 'applied', 'applied', 'applied', 'superseded'])
  const allChanges = (await allEvents(own.table, customerId)).flatMap(({ changes }) => changes)
  const given = allChanges.filter(
    ({ resource, after }) => /^(membership|assignment)$/.test(resource.type) && !after?.revoked,
  )
  expect(given).toEqual([])
  await own.stop()
})

type Row = [name: string, first: TimedEvent[], events: TimedEvent[], expected: Partial<DirectoryView>]

const rows: Row[] = [
  [
    'a grant after the revocation stays',
    [born, ann],
    [web, grant(3, 'ann', 'web', ['full']), revoke(4, 'ann', 'web'), grant(5, 'ann', 'web', ['dns:read'])],
    { grants: { 'owner web': 'full by type', 'ann web': 'dns:read' } },
  ],
  [
    'the newest of several grants is in effect',
    [born],
    [
      ann,
      web,
      grant(3, 'ann', 'web', ['full']),
      grant(4, 'ann', 'WEB', ['dns:read']),
      grant(5, 'ann', 'web', ['image:read']),
    ],
    { grants: { 'owner web': 'full by type', 'ann web': 'image:read' } },
  ],
  [
    'the newest type is in effect, since its own moment',
    [born],
    [
      user(1, 'ann', 'admin'),
      project(2, 'old'),
      becomes(3, 'ann', 'tech'),
      becomes(4, 'ann', 'admin'),
      project(5, 'new'),
    ],
    {
      users: { ann: 'admin since 00:04' },
      grants: {
        'ann new': 'full by type',
        [main]: 'member by type',
        'owner old': 'full by type',
        'owner new': 'full by type',
      },
    },
  ],
  [
    'a late tech between two periods as admin moves the start',
    [born, user(1, 'ann', 'admin'), project(3, 'web'), becomes(9, 'ann', 'admin')],
    [becomes(5, 'ann', 'tech')],
    {
      users: { ann: 'admin since 00:09' },
      grants: { [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'admin set twice is one period',
    [born],
    [user(1, 'ann', 'admin'), web, becomes(9, 'ann', 'admin')],
    {
      users: { ann: 'admin since 00:01' },
      grants: { 'ann web': 'full by type', [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'billing in between revokes older grants, whenever it arrives',
    [born],
    [ann, web, grant(3, 'ann', 'web', ['full']), becomes(5, 'ann', 'billing'), becomes(6, 'ann', 'client')],
    { users: { ann: 'client' }, grants: { 'owner web': 'full by type' } },
  ],
  [
    'a grant after billing in between stays',
    [born],
    [ann, web, becomes(5, 'ann', 'billing'), becomes(6, 'ann', 'client'), grant(7, 'ann', 'web', ['full'])],
    { users: { ann: 'client' }, grants: { 'ann web': 'full', 'owner web': 'full by type' } },
  ],
  [
    'a removal from a membership by type lasts, a later promotion brings it back',
    [born],
    [user(1, 'ann', 'admin'), web, revoke(3, 'ann', 'web'), revoke(3, 'ann', customerId)].map((it, place) =>
      named(`x${place}`, it),
    ),
    { users: { ann: 'admin since 00:01' }, grants: { 'owner web': 'full by type' } },
  ],
  [
    'a removal from before the promotion does not count',
    [born],
    [ann, revoke(2, 'ann', customerId), becomes(3, 'ann', 'admin')],
    { users: { ann: 'admin since 00:03' }, grants: { [main]: 'member by type' } },
  ],
  [
    'a removal from before the promotion does not count for a newer project either',
    [born],
    [ann, revoke(2, 'ann', 'web'), becomes(3, 'ann', 'admin'), project(4, 'web')],
    { grants: { 'ann web': 'full by type', [main]: 'member by type', 'owner web': 'full by type' } },
  ],
  [
    'billing set twice is one period, and keeps its grants',
    [born],
    [
      user(1, 'ann', 'billing'),
      grant(3, 'ann', customerId, []),
      becomes(5, 'ann', 'billing'),
      becomes(7, 'ann', 'client'),
    ],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
  ],
  [
    'nothing older than the deletion of its user stays',
    [born],
    [ann, web, grant(3, 'ann', 'web', ['full']), disabled(4, 'ann'), userGone(5, 'ann')],
    { users: {}, grants: { 'owner web': 'full by type' } },
  ],
  [
    'nothing older than the deletion of its project stays',
    [born],
    [ann, web, grant(3, 'ann', 'web', ['full']), revoke(4, 'ann', 'web'), projectGone(5, 'web')],
    { projects: [customerId], grants: {} },
  ],
  [
    'nothing older than the deletion of its server stays',
    [born],
    [ann, vm, assign(3, 'ann', 'vm1', []), serverGone(5, 'vm1')],
    { servers: {}, grants: {} },
  ],
  [
    'a customer has the newest status',
    [born],
    [becomesCustomer(1, 'suspended'), becomesCustomer(2, 'resumed'), becomesCustomer(3, 'suspended')],
    { customer: 'suspended' },
  ],
  [
    'closing wins over older changes, in every order',
    [],
    [born, becomesCustomer(1, 'suspended'), becomesCustomer(2, 'resumed'), becomesCustomer(3, 'closed')],
    { customer: 'closed' },
  ],
  [
    'a user has the newest status',
    [born],
    [ann, disabled(2, 'ann'), enabled(3, 'ann'), disabled(4, 'ann')],
    { users: { ann: 'tech disabled' } },
  ],
  [
    'name, type and status are set each by its own newest event',
    [born],
    [
      ann,
      renamed(6, 'ann', 'Ann B'),
      disabled(3, 'ann'),
      becomes(4, 'ann', 'client'),
      event(5, 'user.updated', { user: mail('ann'), name: 'Ann A' }),
    ],
    { users: { ann: 'client called Ann B disabled' } },
  ],
  [
    'at the same instant the greater id counts',
    [born, ann, web],
    [
      named('ida', grant(5, 'ann', 'web', ['full'])),
      named('idb', revoke(5, 'ann', 'web')),
      named('idB', grant(5, 'ann', 'web', ['dns:read'])),
    ],
    { grants: { 'owner web': 'full by type' } },
  ],
  [
    'nanoseconds and offsets count',
    [born, ann],
    [
      { ...renamed(2, 'ann', 'third'), id: 'a', timestamp: '2026-08-01T02:00:00.000000003+02:00' },
      { ...renamed(2, 'ann', 'second'), id: 'b', timestamp: '2026-08-01T00:00:00.000000002Z' },
      { ...renamed(2, 'ann', 'ann'), id: 'c', timestamp: '2026-07-31T19:00:00.00000001-05:00' },
    ].map((it) => ({
      ...it,
      timestamp: it.timestamp.replace('08-01T0', '08-02T0').replace('07-31', '08-01'),
    })),
    { users: { ann: 'tech' } },
  ],
]

test.each(rows)('%s', async (_name, first, events, expected) => {
  const ends = await runner.finalViews(first, orders(events))
  const end = ends[0]?.end
  const { owner: _, ...users } = end?.users ?? {}
  const { [`owner ${customerId}`]: __, ...grants } = end?.grants ?? {}
  for (const [part, value] of Object.entries(expected))
    expect({ ...end, users, grants }).toHaveProperty(part, value)
  for (const it of ends) expect([it.arrival, it.end]).toEqual([it.arrival, end])
  expect(service.failures).toEqual([])
})

test('each part of a customer is set by the newest event that names it', async () => {
  const [office, other] = [{ name: 'Office' }, { name: 'Other' }]
  const changes = [
    event(3, 'customer.updated', { organisation: 'Old', billing: { reference: 'PO 1' } }),
    event(5, 'customer.updated', { organisation: 'New' }),
    event(4, 'customer.updated', { contact: other }),
    event(6, 'customer.updated', { contact: office }),
  ]
  for (const arrival of orders(changes)) {
    const { eventFor } = runner.nextCustomer()
    const events = [born, ...arrival].map(eventFor)
    await service.deliverEach(events)
    const customer = await findCustomer(service.table, String(events[0]?.data.customerId))
    expect(customer).toMatchObject({ organisation: 'New', contact: office, billing: { reference: 'PO 1' } })
  }
})
