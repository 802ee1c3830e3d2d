import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner, orders, permutations } from './arrivals.ts'
import type { DirectoryView } from './directory-view.ts'
import { allEvents } from './replay.ts'
import {
  customer,
  customerId,
  event,
  mail,
  membership,
  project,
  server,
  time,
  user,
  withId,
} from './scene.ts'

const engine = await startTestEngine()
const service = await startProvisioned(engine)
const runner = createStoryRunner(service)

const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const main = `ann ${customerId}`

const older = (it: TimedEvent) => withId('older', { ...it, timestamp: time(-1) })
const taken: [name: string, right: string, events: TimedEvent[]][] = [
  [
    'a membership',
    'ann web',
    [ann, web, membership.granted(3, 'ann', 'web'), membership.revoked(4, 'ann', 'web')],
  ],
  [
    'an assignment',
    'ann vm1',
    [ann, vm, server.assigned(3, 'ann', 'vm1'), server.unassigned(4, 'ann', 'vm1')],
  ],
  [
    'a role in Main',
    main,
    [ann, membership.granted(3, 'ann', customerId, ['cdn']), membership.revoked(4, 'ann', customerId)],
  ],
  [
    'a grant older than its user',
    'ann web',
    [older(membership.granted(0, 'ann', 'web')), ann, membership.revoked(4, 'ann', 'web')],
  ],
  [
    'a membership that comes with a creation',
    main,
    [user.created(1, 'ann', 'client', { main: true }), membership.revoked(4, 'ann', customerId)],
  ],
  [
    'a membership that comes with a type',
    main,
    [user.created(1, 'ann', 'billing'), membership.revoked(4, 'ann', customerId)],
  ],
]

test.each(taken)(
  '%s is at no moment there once its revocation has arrived, in any order',
  async (_name, right, events) => {
    const first = [customer.created, ...(events.includes(web) ? [] : [withId('web', web)])]
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
    membership.granted(3, 'ann', 'web'),
    membership.revoked(4, 'ann', 'web'),
    server.assigned(5, 'ann', 'vm1'),
    server.unassigned(6, 'ann', 'vm1'),
    membership.revoked(7, 'bob', customerId),
    membership.revoked(13, 'cleo', 'web'),
    membership.revoked(11, 'cleo', 'web'),
    membership.granted(12, 'cleo', 'web'),
  ]
  await own.deliverEach([customer.created, ...waiting, ann, web, vm, user.created(8, 'cleo', 'tech')])
  await own.deliverEach([withId('bob', user.created(1, 'bob', 'client', { main: true }))])
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
    [customer.created, ann],
    [
      web,
      membership.granted(3, 'ann', 'web'),
      membership.revoked(4, 'ann', 'web'),
      membership.granted(5, 'ann', 'web', ['dns:read']),
    ],
    { grants: { 'owner web': 'full by type', 'ann web': 'dns:read' } },
  ],
  [
    'the newest of several grants is in effect',
    [customer.created],
    [
      ann,
      web,
      membership.granted(3, 'ann', 'web'),
      membership.granted(4, 'ann', 'WEB', ['dns:read']),
      membership.granted(5, 'ann', 'web', ['image:read']),
    ],
    { grants: { 'owner web': 'full by type', 'ann web': 'image:read' } },
  ],
  [
    'the newest type is in effect, since its own moment',
    [customer.created],
    [
      user.created(1, 'ann', 'admin'),
      project.created(2, 'old'),
      user.typeChanged(3, 'ann', 'tech'),
      user.typeChanged(4, 'ann', 'admin'),
      project.created(5, 'new'),
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
    [
      customer.created,
      user.created(1, 'ann', 'admin'),
      project.created(3, 'web'),
      user.typeChanged(9, 'ann', 'admin'),
    ],
    [user.typeChanged(5, 'ann', 'tech')],
    {
      users: { ann: 'admin since 00:09' },
      grants: { [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'admin set twice is one period',
    [customer.created],
    [user.created(1, 'ann', 'admin'), web, user.typeChanged(9, 'ann', 'admin')],
    {
      users: { ann: 'admin since 00:01' },
      grants: { 'ann web': 'full by type', [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'billing in between revokes older grants, whenever it arrives',
    [customer.created],
    [
      ann,
      web,
      membership.granted(3, 'ann', 'web'),
      user.typeChanged(5, 'ann', 'billing'),
      user.typeChanged(6, 'ann', 'client'),
    ],
    { users: { ann: 'client' }, grants: { 'owner web': 'full by type' } },
  ],
  [
    'a grant after billing in between stays',
    [customer.created],
    [
      ann,
      web,
      user.typeChanged(5, 'ann', 'billing'),
      user.typeChanged(6, 'ann', 'client'),
      membership.granted(7, 'ann', 'web'),
    ],
    { users: { ann: 'client' }, grants: { 'ann web': 'full', 'owner web': 'full by type' } },
  ],
  [
    'a removal from a membership by type lasts, a later promotion brings it back',
    [customer.created],
    [
      user.created(1, 'ann', 'admin'),
      web,
      membership.revoked(3, 'ann', 'web'),
      membership.revoked(3, 'ann', customerId),
    ].map((it, place) => withId(`x${place}`, it)),
    { users: { ann: 'admin since 00:01' }, grants: { 'owner web': 'full by type' } },
  ],
  [
    'a removal from before the promotion does not count',
    [customer.created],
    [ann, membership.revoked(2, 'ann', customerId), user.typeChanged(3, 'ann', 'admin')],
    { users: { ann: 'admin since 00:03' }, grants: { [main]: 'member by type' } },
  ],
  [
    'a removal from before the promotion does not count for a newer project either',
    [customer.created],
    [
      ann,
      membership.revoked(2, 'ann', 'web'),
      user.typeChanged(3, 'ann', 'admin'),
      project.created(4, 'web'),
    ],
    { grants: { 'ann web': 'full by type', [main]: 'member by type', 'owner web': 'full by type' } },
  ],
  [
    'billing set twice is one period, and keeps its grants',
    [customer.created],
    [
      user.created(1, 'ann', 'billing'),
      membership.granted(3, 'ann', customerId, []),
      user.typeChanged(5, 'ann', 'billing'),
      user.typeChanged(7, 'ann', 'client'),
    ],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
  ],
  [
    'nothing older than the deletion of its user stays',
    [customer.created],
    [ann, web, membership.granted(3, 'ann', 'web'), user.disabled(4, 'ann'), user.deleted(5, 'ann')],
    { users: {}, grants: { 'owner web': 'full by type' } },
  ],
  [
    'nothing older than the deletion of its project stays',
    [customer.created],
    [
      ann,
      web,
      membership.granted(3, 'ann', 'web'),
      membership.revoked(4, 'ann', 'web'),
      project.deleted(5, 'web'),
    ],
    { projects: [customerId], grants: {} },
  ],
  [
    'nothing older than the deletion of its server stays',
    [customer.created],
    [ann, vm, server.assigned(3, 'ann', 'vm1'), server.deleted(5, 'vm1')],
    { servers: {}, grants: {} },
  ],
  [
    'a customer has the newest status',
    [customer.created],
    [customer.suspended(1), customer.resumed(2), customer.suspended(3)],
    { customer: 'suspended' },
  ],
  [
    'closing wins over older changes, in every order',
    [],
    [customer.created, customer.suspended(1), customer.resumed(2), customer.closed(3)],
    { customer: 'closed' },
  ],
  [
    'a user has the newest status',
    [customer.created],
    [ann, user.disabled(2, 'ann'), user.enabled(3, 'ann'), user.disabled(4, 'ann')],
    { users: { ann: 'tech disabled' } },
  ],
  [
    'name, type and status are set each by its own newest event',
    [customer.created],
    [
      ann,
      user.renamed(6, 'ann', 'Ann B'),
      user.disabled(3, 'ann'),
      user.typeChanged(4, 'ann', 'client'),
      event(5, 'user.updated', { user: mail('ann'), name: 'Ann A' }),
    ],
    { users: { ann: 'client called Ann B disabled' } },
  ],
  [
    'at the same instant the greater id counts',
    [customer.created, ann, web],
    [
      withId('ida', membership.granted(5, 'ann', 'web')),
      withId('idb', membership.revoked(5, 'ann', 'web')),
      withId('idB', membership.granted(5, 'ann', 'web', ['dns:read'])),
    ],
    { grants: { 'owner web': 'full by type' } },
  ],
  [
    'nanoseconds and offsets count',
    [customer.created, ann],
    [
      { ...user.renamed(2, 'ann', 'third'), id: 'a', timestamp: '2026-08-01T02:00:00.000000003+02:00' },
      { ...user.renamed(2, 'ann', 'second'), id: 'b', timestamp: '2026-08-01T00:00:00.000000002Z' },
      { ...user.renamed(2, 'ann', 'ann'), id: 'c', timestamp: '2026-07-31T19:00:00.00000001-05:00' },
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
    customer.updated(3, { organisation: 'Old', billing: { reference: 'PO 1' } }),
    customer.updated(5, { organisation: 'New' }),
    customer.updated(4, { contact: other }),
    customer.updated(6, { contact: office }),
  ]
  for (const arrival of orders(changes)) {
    const { eventFor } = runner.nextCustomer()
    const events = [customer.created, ...arrival].map(eventFor)
    await service.deliverEach(events)
    const stored = await findCustomer(service.table, String(events[0]?.data.customerId))
    expect(stored).toMatchObject({ organisation: 'New', contact: office, billing: { reference: 'PO 1' } })
  }
})
