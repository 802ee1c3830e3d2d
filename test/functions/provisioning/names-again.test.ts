import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner, orders, permutations } from './arrivals.ts'
import type { DirectoryView } from './directory-view.ts'
import { customer, customerId, membership, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()
const service = await startProvisioned(engine)
const runner = createStoryRunner(service)

const web = withId('web', project.created(0, 'web'))
const ann = user.created(1, 'ann', 'tech')
const annGone = user.deleted(4, 'ann')
const again = (kind: Parameters<typeof user.created>[2], more = {}) =>
  withId('again', user.created(6, 'ann', kind, more))
const main = `ann ${customerId}`

type Row = [name: string, first: TimedEvent[], events: TimedEvent[], expected: Partial<DirectoryView>]

/** Names that are used twice, and the owner of each event. */
const rows: Row[] = [
  [
    'a type is that of the user made again',
    [customer.created],
    [ann, annGone, again('admin'), user.typeChanged(8, 'ann', 'client')],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'a disabling is that of the user made again',
    [customer.created],
    [ann, annGone, again('admin'), user.disabled(8, 'ann')],
    { users: { ann: 'admin since 00:06 disabled' } },
  ],
  [
    'a disabling of the first user is none of the second',
    [customer.created],
    [ann, user.disabled(2, 'ann'), annGone, again('client')],
    { users: { ann: 'client' } },
  ],
  [
    'an enabling is that of the user made again',
    [customer.created],
    [annGone, again('tech'), user.disabled(8, 'ann'), user.enabled(9, 'ann')],
    { users: { ann: 'tech' } },
  ],
  [
    'a name is that of the user made again',
    [customer.created],
    [ann, annGone, again('tech'), user.renamed(8, 'ann', 'New')],
    { users: { ann: 'tech called New' } },
  ],
  [
    'a grant until some time is that of the user made again',
    [customer.created, web],
    [
      ann,
      annGone,
      again('tech'),
      membership.granted(8, 'ann', 'web', ['full'], { expiresAt: '2099-01-01T00:00:00Z' }),
    ],
    { grants: { 'ann web': 'full until 2099-01-01T00:00:00.000Z' } },
  ],
  [
    'a grant between the two users is that of the second',
    [customer.created, web],
    [ann, annGone, membership.granted(5, 'ann', 'web'), again('tech')],
    { grants: { 'ann web': 'full' } },
  ],
  [
    'a grant to the first user is none of the second',
    [customer.created, web],
    [ann, membership.granted(2, 'ann', 'web'), annGone, again('tech')],
    { users: { ann: 'tech' }, grants: {} },
  ],
  [
    'a revocation is that of the user made again',
    [customer.created, web],
    [annGone, again('admin'), withId('new', project.created(8, 'new')), membership.revoked(9, 'ann', 'new')],
    { grants: { [main]: 'member by type', 'owner new': 'full by type', 'owner web': 'full by type' } },
  ],
  [
    'a role in Main is that of the user made again',
    [customer.created],
    [ann, annGone, again('client'), membership.granted(8, 'ann', customerId, ['cdn'])],
    { grants: { [main]: 'cdn' } },
  ],
  [
    'a removal from Main is that of the user made again, also from a membership by type',
    [customer.created],
    [ann, annGone, again('admin'), membership.revoked(8, 'ann', customerId)],
    { users: { ann: 'admin since 00:06' }, grants: {} },
  ],
  [
    'a membership of Main comes with the creation that counts',
    [customer.created],
    [user.created(1, 'ann', 'tech', { main: true }), annGone, again('client')],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'of two creations the older one counts, with the facts since',
    [customer.created],
    [ann, user.typeChanged(2, 'ann', 'client'), again('admin', { main: true })],
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'of two creations the older one brings Main',
    [customer.created],
    [user.created(1, 'ann', 'tech', { main: true }), again('admin'), user.typeChanged(8, 'ann', 'client')],
    { users: { ann: 'client' }, grants: { [main]: 'member' } },
  ],
  [
    'a server assigned is that of the user made again',
    [customer.created, withId('vm', server.created(0, 'vm1'))],
    [ann, annGone, again('tech'), server.assigned(8, 'ann', 'vm1', ['power'])],
    { grants: { 'ann vm1': 'view power' } },
  ],
  [
    'a server made again has only later assignments',
    [customer.created, withId('ann', user.created(0, 'ann', 'tech'))],
    [
      server.created(1, 'vm1', 'old.example'),
      server.assigned(2, 'ann', 'vm1'),
      server.deleted(4, 'vm1'),
      server.created(6, 'vm1'),
    ],
    { servers: { vm1: 'vm1.bge.example' }, grants: {} },
  ],
  [
    'an unassignment is that of the server made again',
    [customer.created, withId('ann', user.created(0, 'ann', 'tech'))],
    [
      server.deleted(4, 'vm1'),
      withId('vm', server.created(6, 'vm1')),
      server.assigned(8, 'ann', 'vm1'),
      server.unassigned(9, 'ann', 'vm1'),
    ],
    { grants: {} },
  ],
  [
    'a revocation is that of the project made again',
    [customer.created, withId('eve', user.created(0, 'eve', 'admin'))],
    [
      project.created(1, 'shop'),
      membership.revoked(9, 'eve', 'shop'),
      project.deleted(4, 'shop'),
      withId('p3', project.created(6, 'shop')),
    ],
    { grants: { [`eve ${customerId}`]: 'member by type', 'owner shop': 'full by type' } },
  ],
  [
    'a revocation from before the deletion of a project is none of the one made again',
    [customer.created, withId('eve', user.created(0, 'eve', 'admin'))],
    [
      membership.revoked(2, 'eve', 'shop'),
      project.deleted(4, 'shop'),
      withId('p3', project.created(6, 'shop')),
    ],
    {
      grants: {
        [`eve ${customerId}`]: 'member by type',
        'owner shop': 'full by type',
        'eve shop': 'full by type',
      },
    },
  ],
  [
    'a grant is that of the project made again',
    [customer.created, withId('ann', user.created(0, 'ann', 'tech'))],
    [
      project.created(1, 'shop'),
      project.deleted(4, 'shop'),
      withId('p3', project.created(6, 'Shop')),
      membership.granted(8, 'ann', 'shop', ['dns:read']),
    ],
    { grants: { 'ann Shop': 'dns:read', 'owner Shop': 'full by type' } },
  ],
  [
    'of two creations of a project the older one counts, so that its admins are those of its own moment',
    [customer.created],
    [project.created(1, 'shop'), user.created(2, 'eve', 'admin'), withId('p3', project.created(6, 'Shop'))],
    { grants: { [`eve ${customerId}`]: 'member by type', 'owner shop': 'full by type' } },
  ],
]

/** The others are tried in orders that differ much. */
const everyOrder = new Set([
  'a type is that of the user made again',
  'a revocation is that of the project made again',
])

test.each(rows)('%s, in any order of arrival', async (name, first, events, expected) => {
  const ends = await runner.finalViews(first, everyOrder.has(name) ? permutations(events) : orders(events))
  const end = ends[0]?.end
  const { owner: _owner, ...users } = end?.users ?? {}
  const { [`owner ${customerId}`]: _main, 'owner web': _web, ...grants } = end?.grants ?? {}
  const { grants: expectedGrants, ...more } = expected
  expect({ ...end, users }).toMatchObject(more)
  expect(expectedGrants && grants).toEqual(expectedGrants && without(expectedGrants, 'owner web'))
  for (const it of ends) expect([it.arrival, it.end]).toEqual([it.arrival, end])
  expect(service.failures).toEqual([])
})

function without(record: Record<string, string>, name: string): Record<string, string> {
  const { [name]: _, ...rest } = record
  return rest
}

const listed: [name: string, events: TimedEvent[], status: string, reason: string | undefined][] = [
  [
    'an event about a user who does not exist waits',
    [ann, user.typeChanged(8, 'ann', 'client'), annGone],
    'waiting',
    'no user has this e-mail address',
  ],
  [
    'an event about the user made again is applied',
    [ann, user.typeChanged(8, 'ann', 'client'), annGone, again('tech')],
    'applied',
    undefined,
  ],
]

test.each(listed)('%s', async (_name, events, status, reason) => {
  const { eventFor, statusOf } = runner.nextCustomer()
  await service.deliverEach([customer.created, ...events].map(eventFor))
  expect(await statusOf('e008')).toBe(status)
  expect(await service.reasonOf(eventFor(user.typeChanged(8, 'ann', 'client')).id)).toBe(reason)
})

test('a second creation waits, and counts once the first user is gone before it', async () => {
  const { eventFor, statusOf, view } = runner.nextCustomer()
  await service.deliverEach([customer.created, again('admin'), ann].map(eventFor))
  expect([await statusOf('e001'), await statusOf('again')]).toEqual(['applied', 'waiting'])
  expect((await view()).users).toMatchObject({ ann: 'tech' })
  await service.deliverEach([annGone].map(eventFor))
  expect(await statusOf('again')).toBe('applied')
  expect((await view()).users).toMatchObject({ ann: 'admin since 00:06' })
})

test('a user from before a waiting deletion never exists, not even for a moment', async () => {
  const { eventFor, statusOf, view } = runner.nextCustomer()
  await service.deliverEach(
    [customer.created, user.deleted(9, 'ann'), user.created(1, 'ann', 'admin')].map(eventFor),
  )
  expect([await statusOf('e001'), await statusOf('e009')]).toEqual(['applied', 'applied'])
  expect((await view()).users).toEqual({ owner: 'main-customer' })
})
