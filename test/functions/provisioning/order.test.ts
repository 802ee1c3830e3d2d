import { expect, test } from 'vitest'
import { findCustomer } from '../../../shared/table/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createTeller, orders, permutations } from './arrivals.ts'
import type { DirectoryView } from './directory-view.ts'
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
const teller = createTeller(service)

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
    'what is older than its user',
    'ann web',
    [older(grant(0, 'ann', 'web', ['full'])), ann, revoke(4, 'ann', 'web')],
  ],
  [
    'what comes with a creation',
    main,
    [user(1, 'ann', 'client', { main: true }), revoke(4, 'ann', customerId)],
  ],
  ['what comes with a type', main, [user(1, 'ann', 'billing'), revoke(4, 'ann', customerId)]],
]

test.each(taken)(
  '%s is at no moment there once its revocation has arrived, in any order',
  async (_name, right, events) => {
    const first = [born, ...(events.includes(web) ? [] : [named('web', web)])]
    const revocation = events.slice(-1)
    const ends = await teller.endsOf(first, permutations(events), (arrived) =>
      revocation.every((it) => arrived.includes(it)),
    )
    const views = ends.flatMap(({ moments, end }) => [...moments, end])
    expect(views.filter(({ grants }) => right in grants)).toEqual([])
    for (const { arrival, end } of ends) expect([arrival, end]).toEqual([arrival, ends[0]?.end])
    expect(service.failures).toEqual([])
  },
)

type Row = [name: string, first: TimedEvent[], events: TimedEvent[], expected: Partial<DirectoryView>]

const rows: Row[] = [
  [
    'a grant after the revocation stays',
    [born, ann],
    [web, grant(3, 'ann', 'web', ['full']), revoke(4, 'ann', 'web'), grant(5, 'ann', 'web', ['dns:read'])],
    { grants: { 'owner web': 'full by type', 'ann web': 'dns:read' } },
  ],
  [
    'the newest of several grants stands',
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
    'the newest type stands, with the moment from which it is held',
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
    'a late tech between two runs of admin moves the moment',
    [born, user(1, 'ann', 'admin'), project(3, 'web'), becomes(9, 'ann', 'admin')],
    [becomes(5, 'ann', 'tech')],
    {
      users: { ann: 'admin since 00:09' },
      grants: { [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'admin said twice is one run',
    [born],
    [user(1, 'ann', 'admin'), web, becomes(9, 'ann', 'admin')],
    {
      users: { ann: 'admin since 00:01' },
      grants: { 'ann web': 'full by type', [main]: 'member by type', 'owner web': 'full by type' },
    },
  ],
  [
    'billing in between takes what was granted before it, whenever it arrives',
    [born],
    [ann, web, grant(3, 'ann', 'web', ['full']), becomes(5, 'ann', 'billing'), becomes(6, 'ann', 'client')],
    { users: { ann: 'client' }, grants: { 'owner web': 'full by type' } },
  ],
  [
    'what was granted after billing in between stays',
    [born],
    [ann, web, becomes(5, 'ann', 'billing'), becomes(6, 'ann', 'client'), grant(7, 'ann', 'web', ['full'])],
    { users: { ann: 'client' }, grants: { 'ann web': 'full', 'owner web': 'full by type' } },
  ],
  [
    'a removal of what came with the type lasts, a promotion after it lets in again',
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
    'billing said twice is one, and keeps what was given to it',
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
    'a customer is what was said last',
    [born],
    [becomesCustomer(1, 'suspended'), becomesCustomer(2, 'resumed'), becomesCustomer(3, 'suspended')],
    { customer: 'suspended' },
  ],
  [
    'closing absorbs what is older, in every order',
    [],
    [born, becomesCustomer(1, 'suspended'), becomesCustomer(2, 'resumed'), becomesCustomer(3, 'closed')],
    { customer: 'closed' },
  ],
  [
    'a user is enabled or disabled as was said last',
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
  const ends = await teller.endsOf(first, orders(events))
  const end = ends[0]?.end
  const { owner: _, ...users } = end?.users ?? {}
  const { [`owner ${customerId}`]: __, ...grants } = end?.grants ?? {}
  for (const [part, value] of Object.entries(expected))
    expect({ ...end, users, grants }).toHaveProperty(part, value)
  for (const it of ends) expect([it.arrival, it.end]).toEqual([it.arrival, end])
  expect(service.failures).toEqual([])
})

/** What became of an event that arrives after the others. */
async function late(others: TimedEvent[], last: TimedEvent) {
  const { cast, view, statusOf } = teller.nextCustomer()
  await service.deliverEach(others.map(cast))
  const before = await view()
  await service.deliverEach([cast(last)])
  return { status: await statusOf(last.id), before, after: await view() }
}

const annAgain = named('again', user(7, 'ann', 'client'))
const reused = [born, ann, web, grant(3, 'ann', 'web', ['full']), userGone(5, 'ann'), annAgain]
const webAgain = named('again', project(7, 'Web'))
const webReused = [born, ann, web, grant(3, 'ann', 'web', ['full']), projectGone(5, 'web'), webAgain]
const vmAgain = named('again', server(7, 'vm1', 'new.bge.example'))

const overtaken: [name: string, others: TimedEvent[], event: TimedEvent][] = [
  ['an older rename', [born, ann, renamed(5, 'ann', 'Ann')], renamed(4, 'ann', 'Old')],
  ['a rename older than the user', [born, user(5, 'ann', 'tech')], renamed(4, 'ann', 'Old')],
  ['an older suspension', [born, becomesCustomer(5, 'resumed')], becomesCustomer(4, 'suspended')],
  [
    'a suspension older than the customer',
    [named('b', event(5, 'customer.created', born.data))],
    becomesCustomer(4, 'suspended'),
  ],
  ['a resumption of what is closed', [born, becomesCustomer(5, 'closed')], becomesCustomer(4, 'resumed')],
  ['a closing older than the closing', [born, becomesCustomer(5, 'closed')], becomesCustomer(4, 'closed')],
  [
    'a type that a newer one has overtaken',
    [born, ann, becomes(6, 'ann', 'client')],
    becomes(5, 'ann', 'admin'),
  ],
  ['an older disabling', [born, ann, enabled(5, 'ann')], disabled(4, 'ann')],
  [
    'an older grant',
    [born, ann, web, grant(5, 'ann', 'web', ['full'])],
    grant(4, 'ann', 'web', ['dns:read']),
  ],
  [
    'a grant older than its revocation',
    [born, ann, web, revoke(5, 'ann', 'web')],
    grant(4, 'ann', 'web', ['full']),
  ],
  [
    'a revocation older than the grant',
    [born, ann, web, grant(5, 'ann', 'web', ['full'])],
    revoke(4, 'ann', 'web'),
  ],
  ['an older assignment', [born, ann, vm, assign(5, 'ann', 'vm1', [])], assign(4, 'ann', 'vm1', ['power'])],
  [
    'an unassignment older than the assignment',
    [born, ann, vm, assign(5, 'ann', 'vm1', [])],
    unassign(4, 'ann', 'vm1'),
  ],
  [
    'a grant older than billing',
    [born, ann, web, becomes(5, 'ann', 'billing')],
    grant(4, 'ann', 'web', ['full']),
  ],
  [
    'a grant older than billing in between',
    [born, ann, web, becomes(5, 'ann', 'billing'), becomes(6, 'ann', 'tech')],
    grant(4, 'ann', 'web', ['full']),
  ],
  [
    'a creation older than the deletion',
    [born, named('b', user(2, 'ann', 'tech')), userGone(5, 'ann')],
    user(4, 'ann', 'tech'),
  ],
  ['a project older than its deletion', [born, web, projectGone(5, 'web')], project(4, 'WEB')],
  ['a server older than its deletion', [born, vm, serverGone(5, 'vm1')], server(4, 'vm1')],
  [
    'a host name older than the newest',
    [born, vm, server(5, 'vm1', 'new.example')],
    server(4, 'vm1', 'old.example'),
  ],
  ['a second, older deletion', [born, ann, userGone(5, 'ann')], userGone(4, 'ann')],
  ['a second, older deletion of a project', [born, web, projectGone(5, 'web')], projectGone(4, 'web')],
  ['a second, older deletion of a server', [born, vm, serverGone(5, 'vm1')], serverGone(4, 'vm1')],
  ['a grant to the first of two with an address', reused, grant(4, 'ann', 'web', ['full'])],
  ['a disabling of the first of two with an address', reused, disabled(4, 'ann')],
  ['a rename of the first of two with an address', reused, renamed(4, 'ann', 'Old')],
  ['a change of type of the first of two with an address', reused, becomes(4, 'ann', 'admin')],
  ['a revocation from the first of two with an address', reused, revoke(4, 'ann', 'web')],
  ['an older deletion of the first of two with an address', reused, userGone(4, 'ann')],
  ['a grant on the first of two projects of a name', webReused, grant(4, 'ann', 'web', ['full'])],
  ['a deletion of the first of two projects of a name', webReused, projectGone(4, 'web')],
  [
    'an assignment of the first of two servers of an id',
    [born, ann, vm, serverGone(5, 'vm1'), vmAgain],
    assign(4, 'ann', 'vm1', []),
  ],
]

test.each(overtaken)('%s is superseded and changes nothing', async (_name, others, it) => {
  const { status, before, after } = await late(others, it)
  expect(status).toBe('superseded')
  expect(after).toEqual(before)
})

const counting: [name: string, others: TimedEvent[], event: TimedEvent, expected: Record<string, unknown>][] =
  [
    [
      'a grant older than both ends',
      [born, user(5, 'ann', 'tech'), project(6, 'web')],
      grant(4, 'ann', 'web', ['full']),
      { grants: { 'ann web': 'full' } },
    ],
    [
      'a grant to the second of two with an address',
      reused,
      grant(8, 'ann', 'web', ['full']),
      { grants: { 'ann web': 'full' } },
    ],
    [
      'a rename of the second of two with an address',
      reused,
      renamed(8, 'ann', 'New'),
      { users: { ann: 'client called New' } },
    ],
    [
      'a grant on the second of two projects of a name',
      webReused,
      grant(8, 'ann', 'web', ['full']),
      { grants: { 'ann Web': 'full' } },
    ],
    [
      'a tech between two runs of admin',
      [born, user(1, 'ann', 'admin'), becomes(9, 'ann', 'admin')],
      becomes(5, 'ann', 'tech'),
      { users: { ann: 'admin since 00:09' } },
    ],
    [
      'billing in between, which takes what was granted before it,',
      [born, ann, vm, assign(3, 'ann', 'vm1', []), becomes(9, 'ann', 'client')],
      becomes(5, 'ann', 'billing'),
      { users: { ann: 'client' } },
    ],
    [
      'an update of which only one part is new',
      [born, ann, renamed(6, 'ann', 'Ann B')],
      event(5, 'user.updated', { user: mail('ann'), name: 'Old', type: 'customer-client' }),
      { users: { ann: 'client called Ann B' } },
    ],
    [
      'a deletion of a server that has come back since',
      [born, ann, vm, assign(3, 'ann', 'vm1', []), vmAgain],
      serverGone(5, 'vm1'),
      { servers: { vm1: 'new.bge.example' }, grants: { [`owner ${customerId}`]: 'member by type' } },
    ],
    [
      'a closing older than a suspension',
      [born, becomesCustomer(6, 'suspended')],
      becomesCustomer(5, 'closed'),
      { customer: 'closed' },
    ],
  ]

test.each(counting)('%s is applied, late as it is', async (_name, others, it, expected) => {
  const { status, after } = await late(others, it)
  expect(status).toBe('applied')
  expect(after).toMatchObject(expected)
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
    const { cast } = teller.nextCustomer()
    const events = [born, ...arrival].map(cast)
    await service.deliverEach(events)
    const customer = await findCustomer(service.table, String(events[0]?.data.customerId))
    expect(customer).toMatchObject({ organisation: 'New', contact: office, billing: { reference: 'PO 1' } })
  }
})

test('a deletion takes what is older also from whoever has the name since: rather too few rights than too many', async () => {
  const given = [named('g1', grant(3, 'ann', 'web', ['full'])), named('g2', assign(3, 'ann', 'vm1', []))]
  const stories = [
    [born, web, vm, annAgain, ...given, userGone(5, 'ann'), ann],
    [born, ann, vm, webAgain, ...given, projectGone(5, 'web'), web],
    [born, ann, web, vmAgain, ...given, serverGone(5, 'vm1'), vm],
  ]
  const ends = stories.map(async (events) => {
    const { cast, view } = teller.nextCustomer()
    await service.deliverEach(events.map(cast))
    return Object.keys((await view()).grants).filter((pair) => pair.startsWith('ann '))
  })
  expect(await Promise.all(ends)).toEqual([[], ['ann vm1'], ['ann web']])
})
