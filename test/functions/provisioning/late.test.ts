import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner } from './arrivals.ts'
import { customer, customerId, event, mail, membership, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()
const service = await startProvisioned(engine)
const runner = createStoryRunner(service)

const ann = user.created(1, 'ann', 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))

/** The outcome of an event that arrives after the others. */
async function late(others: TimedEvent[], last: TimedEvent) {
  const { eventFor, view, statusOf } = runner.nextCustomer()
  await service.deliverEach(others.map(eventFor))
  const before = await view()
  await service.deliverEach([eventFor(last)])
  return { status: await statusOf(last.id), before, after: await view() }
}

const annAgain = withId('again', user.created(7, 'ann', 'client'))
const reused = [
  customer.created,
  ann,
  web,
  membership.granted(3, 'ann', 'web'),
  user.deleted(5, 'ann'),
  annAgain,
]
const webAgain = withId('again', project.created(7, 'Web'))
const webReused = [
  customer.created,
  ann,
  web,
  membership.granted(3, 'ann', 'web'),
  project.deleted(5, 'web'),
  webAgain,
]
const vmAgain = withId('again', server.created(7, 'vm1', 'new.bge.example'))

const overtaken: [name: string, others: TimedEvent[], event: TimedEvent][] = [
  ['an older rename', [customer.created, ann, user.renamed(5, 'ann', 'Ann')], user.renamed(4, 'ann', 'Old')],
  [
    'a rename older than the user',
    [customer.created, user.created(5, 'ann', 'tech')],
    user.renamed(4, 'ann', 'Old'),
  ],
  ['an older suspension', [customer.created, customer.resumed(5)], customer.suspended(4)],
  [
    'a suspension older than the customer',
    [withId('b', event(5, 'customer.created', customer.created.data))],
    customer.suspended(4),
  ],
  ['a resumption of a closed customer', [customer.created, customer.closed(5)], customer.resumed(4)],
  ['a closing older than the closing', [customer.created, customer.closed(5)], customer.closed(4)],
  [
    'a type that a newer one has overtaken',
    [customer.created, ann, user.typeChanged(6, 'ann', 'client')],
    user.typeChanged(5, 'ann', 'admin'),
  ],
  ['an older disabling', [customer.created, ann, user.enabled(5, 'ann')], user.disabled(4, 'ann')],
  [
    'an older grant',
    [customer.created, ann, web, membership.granted(5, 'ann', 'web')],
    membership.granted(4, 'ann', 'web', ['dns:read']),
  ],
  [
    'a grant older than its revocation',
    [customer.created, ann, web, membership.revoked(5, 'ann', 'web')],
    membership.granted(4, 'ann', 'web'),
  ],
  [
    'a revocation older than the grant',
    [customer.created, ann, web, membership.granted(5, 'ann', 'web')],
    membership.revoked(4, 'ann', 'web'),
  ],
  [
    'an older assignment',
    [customer.created, ann, vm, server.assigned(5, 'ann', 'vm1')],
    server.assigned(4, 'ann', 'vm1', ['power']),
  ],
  [
    'an unassignment older than the assignment',
    [customer.created, ann, vm, server.assigned(5, 'ann', 'vm1')],
    server.unassigned(4, 'ann', 'vm1'),
  ],
  [
    'a grant older than billing',
    [customer.created, ann, web, user.typeChanged(5, 'ann', 'billing')],
    membership.granted(4, 'ann', 'web'),
  ],
  [
    'a grant older than billing in between',
    [customer.created, ann, web, user.typeChanged(5, 'ann', 'billing'), user.typeChanged(6, 'ann', 'tech')],
    membership.granted(4, 'ann', 'web'),
  ],
  [
    'a creation older than the deletion',
    [customer.created, withId('b', user.created(2, 'ann', 'tech')), user.deleted(5, 'ann')],
    user.created(4, 'ann', 'tech'),
  ],
  [
    'a project older than its deletion',
    [customer.created, web, project.deleted(5, 'web')],
    project.created(4, 'WEB'),
  ],
  [
    'a server older than its deletion',
    [customer.created, vm, server.deleted(5, 'vm1')],
    server.created(4, 'vm1'),
  ],
  [
    'a host name older than the newest',
    [customer.created, vm, server.created(5, 'vm1', 'new.example')],
    server.created(4, 'vm1', 'old.example'),
  ],
  ['a second, older deletion', [customer.created, ann, user.deleted(5, 'ann')], user.deleted(4, 'ann')],
  [
    'a second, older deletion of a project',
    [customer.created, web, project.deleted(5, 'web')],
    project.deleted(4, 'web'),
  ],
  [
    'a second, older deletion of a server',
    [customer.created, vm, server.deleted(5, 'vm1')],
    server.deleted(4, 'vm1'),
  ],
  ['a grant to the first of two with an address', reused, membership.granted(4, 'ann', 'web')],
  ['a disabling of the first of two with an address', reused, user.disabled(4, 'ann')],
  ['a rename of the first of two with an address', reused, user.renamed(4, 'ann', 'Old')],
  ['a change of type of the first of two with an address', reused, user.typeChanged(4, 'ann', 'admin')],
  ['a revocation from the first of two with an address', reused, membership.revoked(4, 'ann', 'web')],
  ['an older deletion of the first of two with an address', reused, user.deleted(4, 'ann')],
  ['a grant on the first of two projects of a name', webReused, membership.granted(4, 'ann', 'web')],
  ['a deletion of the first of two projects of a name', webReused, project.deleted(4, 'web')],
  [
    'an assignment of the first of two servers of an id',
    [customer.created, ann, vm, server.deleted(5, 'vm1'), vmAgain],
    server.assigned(4, 'ann', 'vm1'),
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
      [customer.created, user.created(5, 'ann', 'tech'), project.created(6, 'web')],
      membership.granted(4, 'ann', 'web'),
      { grants: { 'ann web': 'full' } },
    ],
    [
      'a grant to the second of two with an address',
      reused,
      membership.granted(8, 'ann', 'web'),
      { grants: { 'ann web': 'full' } },
    ],
    [
      'a rename of the second of two with an address',
      reused,
      user.renamed(8, 'ann', 'New'),
      { users: { ann: 'client called New' } },
    ],
    [
      'a grant on the second of two projects of a name',
      webReused,
      membership.granted(8, 'ann', 'web'),
      { grants: { 'ann Web': 'full' } },
    ],
    [
      'a tech between two periods as admin',
      [customer.created, user.created(1, 'ann', 'admin'), user.typeChanged(9, 'ann', 'admin')],
      user.typeChanged(5, 'ann', 'tech'),
      { users: { ann: 'admin since 00:09' } },
    ],
    [
      'billing in between, which revokes older grants,',
      [customer.created, ann, vm, server.assigned(3, 'ann', 'vm1'), user.typeChanged(9, 'ann', 'client')],
      user.typeChanged(5, 'ann', 'billing'),
      { users: { ann: 'client' } },
    ],
    [
      'an update of which only one part is new',
      [customer.created, ann, user.renamed(6, 'ann', 'Ann B')],
      event(5, 'user.updated', { user: mail('ann'), name: 'Old', type: 'customer-client' }),
      { users: { ann: 'client called Ann B' } },
    ],
    [
      'a deletion of a server that has come back since',
      [customer.created, ann, vm, server.assigned(3, 'ann', 'vm1'), vmAgain],
      server.deleted(5, 'vm1'),
      { servers: { vm1: 'new.bge.example' }, grants: { [`owner ${customerId}`]: 'member by type' } },
    ],
    [
      'a closing older than a suspension',
      [customer.created, customer.suspended(6)],
      customer.closed(5),
      { customer: 'closed' },
    ],
  ]

test.each(counting)('%s is applied, late as it is', async (_name, others, it, expected) => {
  const { status, after } = await late(others, it)
  expect(status).toBe('applied')
  expect(after).toMatchObject(expected)
})

test('a deletion ends older grants also of the next holder of the name: rather too few rights than too many', async () => {
  const given = [
    withId('g1', membership.granted(3, 'ann', 'web')),
    withId('g2', server.assigned(3, 'ann', 'vm1')),
  ]
  const stories = [
    [customer.created, web, vm, annAgain, ...given, user.deleted(5, 'ann'), ann],
    [customer.created, ann, vm, webAgain, ...given, project.deleted(5, 'web'), web],
    [customer.created, ann, web, vmAgain, ...given, server.deleted(5, 'vm1'), vm],
  ]
  const ends = stories.map(async (events) => {
    const { eventFor, view } = runner.nextCustomer()
    await service.deliverEach(events.map(eventFor))
    return Object.keys((await view()).grants).filter((pair) => pair.startsWith('ann '))
  })
  expect(await Promise.all(ends)).toEqual([[], ['ann vm1'], ['ann web']])
})
