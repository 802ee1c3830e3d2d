import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner } from './arrivals.ts'
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

/** The outcome of an event that arrives after the others. */
async function late(others: TimedEvent[], last: TimedEvent) {
  const { eventFor, view, statusOf } = runner.nextCustomer()
  await service.deliverEach(others.map(eventFor))
  const before = await view()
  await service.deliverEach([eventFor(last)])
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
  ['a resumption of a closed customer', [born, becomesCustomer(5, 'closed')], becomesCustomer(4, 'resumed')],
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
      'a tech between two periods as admin',
      [born, user(1, 'ann', 'admin'), becomes(9, 'ann', 'admin')],
      becomes(5, 'ann', 'tech'),
      { users: { ann: 'admin since 00:09' } },
    ],
    [
      'billing in between, which revokes older grants,',
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

test('a deletion ends older grants also of the next holder of the name: rather too few rights than too many', async () => {
  const given = [named('g1', grant(3, 'ann', 'web', ['full'])), named('g2', assign(3, 'ann', 'vm1', []))]
  const stories = [
    [born, web, vm, annAgain, ...given, userGone(5, 'ann'), ann],
    [born, ann, vm, webAgain, ...given, projectGone(5, 'web'), web],
    [born, ann, web, vmAgain, ...given, serverGone(5, 'vm1'), vm],
  ]
  const ends = stories.map(async (events) => {
    const { eventFor, view } = runner.nextCustomer()
    await service.deliverEach(events.map(eventFor))
    return Object.keys((await view()).grants).filter((pair) => pair.startsWith('ann '))
  })
  expect(await Promise.all(ends)).toEqual([[], ['ann vm1'], ['ann web']])
})
