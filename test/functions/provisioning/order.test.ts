import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { nextCustomer } from './arrivals.ts'
import { allEvents } from './replay.ts'
import { customer, customerId, membership, project, server, time, user, withId } from './scene.ts'
import { testStories } from './stories.ts'

const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const eve = user.created(1, 'eve', 'admin')
const main = `ann ${customerId}`
const evesMain = { [`eve ${customerId}`]: 'member by type' }
const granted = membership.granted(3, 'ann', 'web')
const byType = 'full by type'

/** Whatever has been revoked is at no moment in effect once the revocation has arrived. */
await testStories([
  ['a membership that is revoked', [ann, web, granted, membership.revoked(4, 'ann', 'web')], { grants: {} }],
  [
    'an assignment that is revoked',
    [ann, vm, server.assigned(3, 'ann', 'vm1'), server.unassigned(4, 'ann', 'vm1')],
    { grants: {} },
  ],
  [
    'a role in Main that is revoked',
    [ann, membership.granted(3, 'ann', customerId, ['cdn']), membership.revoked(4, 'ann', customerId)],
    { grants: {} },
  ],
  [
    'a grant older than its user',
    [ann, web, { ...granted, timestamp: time(-1) }, membership.revoked(4, 'ann', 'web')],
    { grants: {} },
  ],
  [
    'a membership that comes with a creation, and is revoked',
    [user.created(1, 'ann', 'client', { main: true }), membership.revoked(4, 'ann', customerId)],
    { grants: {} },
  ],
  [
    'a membership that comes with a type, and is revoked',
    [user.created(1, 'ann', 'billing'), membership.revoked(4, 'ann', customerId)],
    { grants: {} },
  ],
  [
    'a grant after the revocation stays',
    [
      ann,
      web,
      granted,
      membership.revoked(4, 'ann', 'web'),
      membership.granted(5, 'ann', 'web', ['dns:read']),
    ],
    { grants: { 'ann web': 'dns:read' } },
  ],
  [
    'the newest type is in effect, since its own moment',
    [
      eve,
      project.created(2, 'old'),
      user.typeChanged(3, 'eve', 'tech'),
      user.typeChanged(4, 'eve', 'admin'),
      project.created(5, 'new'),
    ],
    { users: { eve: 'admin since 00:04' }, grants: { ...evesMain, 'eve new': byType } },
  ],
  [
    'admin set twice is one period',
    [eve, web, user.typeChanged(9, 'eve', 'admin')],
    { users: { eve: 'admin since 00:01' }, grants: { ...evesMain, 'eve web': byType } },
  ],
  [
    'a grant after billing in between stays',
    [
      ann,
      web,
      user.typeChanged(5, 'ann', 'billing'),
      user.typeChanged(6, 'ann', 'client'),
      membership.granted(7, 'ann', 'web'),
    ],
    { users: { ann: 'client' }, grants: { 'ann web': 'full' } },
  ],
  [
    'a removal from before the promotion does not count, neither for a newer project',
    [
      ann,
      membership.revoked(2, 'ann', customerId),
      withId('out', membership.revoked(2, 'ann', 'web')),
      user.typeChanged(3, 'ann', 'admin'),
      project.created(4, 'web'),
    ],
    { users: { ann: 'admin since 00:03' }, grants: { [main]: 'member by type', 'ann web': byType } },
  ],
  [
    'billing set twice is one period, and keeps its grants',
    [
      user.created(1, 'ann', 'billing'),
      membership.granted(3, 'ann', customerId, []),
      user.typeChanged(5, 'ann', 'billing'),
      user.typeChanged(7, 'ann', 'client'),
    ],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
  ],
  [
    'closing wins over older changes',
    [customer.suspended(1), customer.resumed(2), customer.closed(3)],
    { customer: 'closed' },
  ],
  [
    'name, type and status are set each by its own newest event',
    [
      ann,
      user.renamed(6, 'ann', 'Ann B'),
      user.disabled(3, 'ann'),
      user.typeChanged(4, 'ann', 'client'),
      user.renamed(5, 'ann', 'Ann A'),
    ],
    { users: { ann: 'client called Ann B disabled' } },
  ],
  [
    'at the same instant the greater id counts',
    [
      ann,
      web,
      withId('ida', membership.granted(5, 'ann', 'web')),
      withId('idb', membership.revoked(5, 'ann', 'web')),
      withId('idB', membership.granted(5, 'ann', 'web', ['dns:read'])),
    ],
    { grants: {} },
  ],
  [
    'nanoseconds and offsets count',
    [
      ann,
      { ...user.renamed(2, 'ann', 'third'), id: 'a', timestamp: '2026-08-02T02:00:00.000000003+02:00' },
      { ...user.renamed(2, 'ann', 'second'), id: 'b', timestamp: '2026-08-02T00:00:00.000000002Z' },
      { ...user.renamed(2, 'ann', 'ann'), id: 'c', timestamp: '2026-08-01T19:00:00.00000001-05:00' },
    ],
    { users: { ann: 'tech' } },
    { b: 'superseded' },
  ],
])

const annGone = user.deleted(4, 'ann')
const again = (type: Parameters<typeof user.created>[2], more = {}) =>
  withId('again', user.created(6, 'ann', type, more))
const webAgain = withId('p3', project.created(6, 'Shop'))

/** Names that are used twice, and the owner of each event. */
await testStories([
  [
    'a type is that of the user made again',
    [ann, annGone, again('admin'), user.typeChanged(8, 'ann', 'client')],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'name and status are those of the user made again',
    [ann, user.disabled(2, 'ann'), annGone, again('admin'), user.renamed(8, 'ann', 'New')],
    { users: { ann: 'admin since 00:06 called New' } },
  ],
  [
    'an enabling is that of the user made again',
    [annGone, again('tech'), user.disabled(8, 'ann'), user.enabled(9, 'ann')],
    { users: { ann: 'tech' } },
    { e004: 'superseded' },
  ],
  [
    'a grant between the two users is that of the second, and one to the first is not',
    [
      ann,
      web,
      vm,
      granted,
      server.assigned(3, 'ann', 'vm1'),
      annGone,
      membership.granted(5, 'ann', 'web', ['dns:read']),
      again('tech'),
    ].map((it, place) => (it.id === 'e003' ? withId(`given${place}`, it) : it)),
    { grants: { 'ann web': 'dns:read' } },
  ],
  [
    'a removal from Main is that of the user made again, also from a membership by type',
    [ann, annGone, again('admin'), membership.revoked(8, 'ann', customerId)],
    { users: { ann: 'admin since 00:06' }, grants: {} },
  ],
  [
    'a membership of Main comes with the creation that counts',
    [user.created(1, 'ann', 'tech', { main: true }), annGone, again('client')],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'of two creations the older one counts, with the facts since',
    [ann, user.typeChanged(2, 'ann', 'client'), again('admin', { main: true })],
    { users: { ann: 'client' }, grants: {} },
    { again: 'waiting' },
  ],
  [
    'of two creations the older one brings Main',
    [user.created(1, 'ann', 'tech', { main: true }), again('admin'), user.typeChanged(8, 'ann', 'client')],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
    { again: 'waiting' },
  ],
  [
    'a server assigned is that of the user made again',
    [ann, vm, annGone, again('tech'), server.assigned(8, 'ann', 'vm1', ['power'])],
    { grants: { 'ann vm1': 'view power' } },
  ],
  [
    'an assignment and its end are of the server made again',
    [
      ann,
      server.assigned(3, 'ann', 'vm1', ['power']),
      server.deleted(4, 'vm1'),
      withId('vm', server.created(6, 'vm1')),
      server.assigned(8, 'ann', 'vm1'),
      server.unassigned(9, 'ann', 'vm1'),
    ],
    { servers: { vm1: 'vm1.bge.example' }, grants: {} },
  ],
  [
    'a revocation is that of the project made again',
    [
      eve,
      withId('p1', project.created(1, 'shop')),
      project.deleted(4, 'shop'),
      webAgain,
      membership.revoked(9, 'eve', 'shop'),
    ],
    { grants: evesMain },
  ],
  [
    'a revocation from before the deletion of a project is none of the one made again',
    [eve, membership.revoked(2, 'eve', 'shop'), project.deleted(4, 'shop'), webAgain],
    { grants: { ...evesMain, 'eve Shop': byType } },
    { e002: 'superseded', e004: 'superseded' },
  ],
  [
    'of two creations of a project the older one counts, so that its admins are those of its own moment',
    [project.created(1, 'shop'), withId('late', user.created(2, 'eve', 'admin')), webAgain],
    { grants: evesMain },
    { p3: 'waiting' },
  ],
])

const toBilling = user.typeChanged(30, 'ann', 'billing')
const toTech = user.typeChanged(40, 'ann', 'tech')
const earlier = user.typeChanged(5, 'ann', 'billing')

/** What billing has revoked turns out to count if billing began even before. */
await testStories([
  [
    'the newer of two grants, where billing began even before both',
    [
      ann,
      web,
      membership.granted(9, 'ann', 'web'),
      membership.granted(10, 'ann', 'web', ['dns:read']),
      toBilling,
      toTech,
      earlier,
    ],
    { grants: { 'ann web': 'dns:read' } },
  ],
  [
    'a revocation and an unassignment, where billing began even before',
    [
      ann,
      web,
      vm,
      membership.granted(9, 'ann', 'web'),
      membership.revoked(11, 'ann', 'web'),
      server.assigned(10, 'ann', 'vm1', ['power']),
      server.unassigned(12, 'ann', 'vm1'),
      toBilling,
      toTech,
      earlier,
    ],
    { grants: {} },
    { e009: 'superseded', e010: 'superseded' },
  ],
  [
    'a membership of Main that ends, where billing began even before',
    [
      ann,
      membership.granted(10, 'ann', customerId, [], { expiresAt: '2030-01-01T00:00:00.000Z' }),
      toBilling,
      earlier,
    ],
    { grants: { [main]: 'member until 2030-01-01T00:00:00.000Z' } },
  ],
  [
    'being taken out of Main, where billing began even before',
    [ann, membership.revoked(10, 'ann', customerId), toBilling, earlier],
    { grants: {} },
  ],
  [
    'a role in Main, before billing',
    [ann, membership.granted(10, 'ann', customerId, ['cdn']), toBilling],
    { grants: { [main]: 'member by type' } },
  ],
  [
    'being taken out of a project as an admin, before billing',
    [
      eve,
      project.created(10, 'shop'),
      membership.revoked(11, 'eve', 'shop'),
      user.typeChanged(30, 'eve', 'billing'),
      user.typeChanged(40, 'eve', 'admin'),
      project.created(41, 'new'),
    ],
    { grants: { ...evesMain, 'eve new': byType } },
  ],
])

const service = await startProvisioned(await startTestEngine())

test('no grant gets past a newer revocation that waits, not even for a moment', async () => {
  const { deliver, statusOf, id } = nextCustomer(service)
  const waiting = [
    granted,
    membership.revoked(4, 'ann', 'web'),
    server.assigned(5, 'ann', 'vm1'),
    server.unassigned(6, 'ann', 'vm1'),
    membership.revoked(7, 'bob', customerId),
    membership.revoked(13, 'cleo', 'web'),
    membership.revoked(11, 'cleo', 'web'),
    membership.granted(12, 'cleo', 'web'),
  ]
  await deliver(customer.created, ...waiting, ann, web, vm, user.created(8, 'cleo', 'tech'))
  await deliver(withId('bob', user.created(1, 'bob', 'client', { main: true })))
  const pairs = ['superseded', 'applied', 'superseded', 'applied']
  const states = await Promise.all(waiting.map(statusOf))
  expect(states).toEqual([...pairs, 'applied', 'applied', 'applied', 'superseded'])
  const changes = (await allEvents(service.table, id)).flatMap((event) => event.changes)
  const isGiven = ({ resource, after }: (typeof changes)[number]) =>
    /^(membership|assignment)$/.test(resource.type) && !after?.revoked
  expect(changes.filter(isGiven)).toEqual([])
})

test('an event about a user who is gone waits for the next one', async () => {
  const { deliver, statusOf, reasonOf, view } = nextCustomer(service)
  const changed = user.typeChanged(8, 'ann', 'client')
  await deliver(customer.created, ann, changed, annGone)
  expect([await statusOf(changed), await reasonOf(changed)]).toEqual([
    'waiting',
    'no user has this e-mail address',
  ])
  await deliver(again('tech'))
  expect([await statusOf(changed), await view()]).toMatchObject(['applied', { users: { ann: 'client' } }])
})

test('a second creation waits, and counts once the first user is gone before it', async () => {
  const { deliver, statusOf, view } = nextCustomer(service)
  await deliver(customer.created, again('admin'), ann)
  expect([await statusOf(ann), await statusOf(again('admin'))]).toEqual(['applied', 'waiting'])
  expect((await view()).users).toEqual({ ann: 'tech' })
  await deliver(annGone)
  expect((await view()).users).toEqual({ ann: 'admin since 00:06' })
})

test('a user from before a waiting deletion never exists, not even for a moment', async () => {
  const { deliver, statusOf, view } = nextCustomer(service)
  const [deleted, created] = [user.deleted(9, 'ann'), user.created(1, 'ann', 'admin')]
  await deliver(customer.created, deleted, created)
  expect([await statusOf(created), await statusOf(deleted)]).toEqual(['applied', 'applied'])
  expect((await view()).users).toEqual({})
})
