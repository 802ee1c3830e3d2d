import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { nextCustomer } from './arrivals.ts'
import { allEvents } from './replay.ts'
import { anns, customer, customerId, membership, project, server, time, user, withId } from './scene.ts'
import { testStories } from './stories.ts'

const ann = anns.created(1, 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))
const eve = user.created(1, 'eve', 'admin')
const main = `ann ${customerId}`
const evesMain = { [`eve ${customerId}`]: 'member by type' }
const granted = anns.granted(3)
const byType = 'full by type'
const dns = (minute: number) => anns.granted(minute, ['dns:read'])
const dnsOnly = { grants: { 'ann web': 'dns:read' } }
const mainOnly = { grants: { [main]: 'member by type' } }
const client = { users: { ann: 'client' }, grants: {} }
const none = { grants: {} }

/** Whatever has been revoked is at no moment in effect once the revocation has arrived. */
await testStories([
  ['a membership that is revoked', [ann, web, granted, anns.revoked(4)], none],
  ['an assignment that is revoked', [ann, vm, anns.assigned(3), anns.unassigned(4)], none],
  ['a role in Main that is revoked', [ann, anns.inMain(3, ['cdn']), anns.outOfMain(4)], none],
  ['a grant older than its user', [ann, web, { ...granted, timestamp: time(-1) }, anns.revoked(4)], none],
  [
    'a membership by creation that is revoked',
    [anns.created(1, 'client', { main: true }), anns.outOfMain(4)],
    none,
  ],
  ['a membership by type that is revoked', [anns.created(1, 'billing'), anns.outOfMain(4)], none],
  ['a grant after the revocation stays', [ann, web, granted, anns.revoked(4), dns(5)], dnsOnly],
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
    [ann, web, anns.became(5, 'billing'), anns.became(6, 'client'), anns.granted(7)],
    { users: { ann: 'client' }, grants: { 'ann web': 'full' } },
  ],
  [
    'a removal from before the promotion does not count, neither for a newer project',
    [
      ann,
      anns.outOfMain(2),
      withId('out', anns.revoked(2)),
      anns.became(3, 'admin'),
      project.created(4, 'web'),
    ],
    { users: { ann: 'admin since 00:03' }, grants: { [main]: 'member by type', 'ann web': byType } },
  ],
  [
    'billing set twice is one period, and keeps its grants',
    [anns.created(1, 'billing'), anns.inMain(3, []), anns.became(5, 'billing'), anns.became(7, 'client')],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
  ],
  [
    'closing wins over older changes',
    [customer.suspended(1), customer.resumed(2), customer.closed(3)],
    { customer: 'closed' },
  ],
  [
    'name, type and status are set each by its own newest event',
    [ann, anns.renamed(6, 'Ann B'), anns.disabled(3), anns.became(4, 'client'), anns.renamed(5, 'Ann A')],
    { users: { ann: 'client called Ann B disabled' } },
  ],
  [
    'at the same instant the greater id counts',
    [ann, web, withId('ida', anns.granted(5)), withId('idb', anns.revoked(5)), withId('idB', dns(5))],
    none,
  ],
  [
    'nanoseconds and offsets count',
    [
      ann,
      { ...anns.renamed(2, 'third'), id: 'a', timestamp: '2026-08-02T02:00:00.000000003+02:00' },
      { ...anns.renamed(2, 'second'), id: 'b', timestamp: '2026-08-02T00:00:00.000000002Z' },
      { ...anns.renamed(2, 'ann'), id: 'c', timestamp: '2026-08-01T19:00:00.00000001-05:00' },
    ],
    { users: { ann: 'tech' } },
    { b: 'superseded' },
  ],
])

const annGone = anns.deleted(4)
const again = (type: Parameters<typeof user.created>[2], more = {}) =>
  withId('again', anns.created(6, type, more))
const webAgain = withId('p3', project.created(6, 'Shop'))

/** Names that are used twice, and the owner of each event. */
await testStories([
  ['a type is that of the user made again', [ann, annGone, again('admin'), anns.became(8, 'client')], client],
  [
    'name and status are those of the user made again',
    [ann, anns.disabled(2), annGone, again('admin'), anns.renamed(8, 'New')],
    { users: { ann: 'admin since 00:06 called New' } },
  ],
  [
    'an enabling is that of the user made again',
    [annGone, again('tech'), anns.disabled(8), anns.enabled(9)],
    { users: { ann: 'tech' } },
    { e004: 'superseded' },
  ],
  [
    'a grant between the two users is that of the second, and one to the first is not',
    [ann, web, vm, granted, anns.assigned(3), annGone, dns(5), again('tech')].map((it, place) =>
      it.id === 'e003' ? withId(`given${place}`, it) : it,
    ),
    dnsOnly,
  ],
  [
    'a removal from Main is that of the user made again, also from a membership by type',
    [ann, annGone, again('admin'), anns.outOfMain(8)],
    { users: { ann: 'admin since 00:06' }, grants: {} },
  ],
  [
    'a membership of Main comes with the creation that counts',
    [anns.created(1, 'tech', { main: true }), annGone, again('client')],
    client,
  ],
  [
    'of two creations the older one counts, with the facts since',
    [ann, anns.became(2, 'client'), again('admin', { main: true })],
    client,
    { again: 'waiting' },
  ],
  [
    'of two creations the older one brings Main',
    [anns.created(1, 'tech', { main: true }), again('admin'), anns.became(8, 'client')],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
    { again: 'waiting' },
  ],
  [
    'a server assigned is that of the user made again',
    [ann, vm, annGone, again('tech'), anns.assigned(8, ['power'])],
    { grants: { 'ann vm1': 'view power' } },
  ],
  [
    'an assignment and its end are of the server made again',
    [
      ann,
      anns.assigned(3, ['power']),
      server.deleted(4, 'vm1'),
      withId('vm', server.created(6, 'vm1')),
      anns.assigned(8),
      anns.unassigned(9),
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

const toBilling = anns.became(30, 'billing')
const toTech = anns.became(40, 'tech')
const earlier = anns.became(5, 'billing')

/** What billing has revoked turns out to count if billing began even before. */
await testStories([
  [
    'the newer of two grants, where billing began even before both',
    [ann, web, anns.granted(9), dns(10), toBilling, toTech, earlier],
    dnsOnly,
  ],
  [
    'a revocation and an unassignment, where billing began even before',
    [
      ann,
      web,
      vm,
      anns.granted(9),
      anns.revoked(11),
      anns.assigned(10, ['power']),
      anns.unassigned(12),
      toBilling,
      toTech,
      earlier,
    ],
    none,
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
  ['being taken out of Main, billing even before', [ann, anns.outOfMain(10), toBilling, earlier], none],
  ['a role in Main, before billing', [ann, anns.inMain(10, ['cdn']), toBilling], mainOnly],
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
    anns.revoked(4),
    anns.assigned(5),
    anns.unassigned(6),
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
  const changed = anns.became(8, 'client')
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
  const [deleted, created] = [anns.deleted(9), anns.created(1, 'admin')]
  await deliver(customer.created, deleted, created)
  expect([await statusOf(created), await statusOf(deleted)]).toEqual(['applied', 'applied'])
  expect((await view()).users).toEqual({})
})
