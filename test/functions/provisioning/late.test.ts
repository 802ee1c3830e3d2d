import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { nextCustomer } from './arrivals.ts'
import { anns, customer, event, membership, project, server, user, withId } from './scene.ts'

const service = await startProvisioned(await startTestEngine())

const there = [anns.created(1, 'tech'), project.created(2, 'web'), withId('vm', server.created(2, 'vm1'))]

/** The outcome of an event that arrives after the others. */
async function late(others: TimedEvent[], last: TimedEvent) {
  const { deliver, view, statusOf } = nextCustomer(service)
  const isFirst = others.some(({ type }) => type === 'customer.created')
  await deliver(...(isFirst ? [] : [customer.created, ...there]), ...others)
  const before = await view()
  await deliver(last)
  return { status: await statusOf(last), before, after: await view() }
}

const granted = anns.granted(3)
const usersReused = [granted, anns.deleted(5), withId('again', anns.created(7, 'client'))]
const projectsReused = [granted, project.deleted(5, 'web'), withId('again', project.created(7, 'Web'))]
const serversReused = [server.deleted(5, 'vm1'), withId('again', server.created(7, 'vm1', 'new.bge.example'))]
const lateBorn = event(5, 'customer.created', customer.created.data)
const bobLater = [user.created(5, 'bob', 'tech')]

const overtaken: [name: string, others: TimedEvent[], event: TimedEvent][] = [
  ['an older rename', [anns.renamed(5, 'Ann')], anns.renamed(4, 'Old')],
  ['a rename older than the user', bobLater, user.renamed(4, 'bob', 'Old')],
  ['an older suspension', [customer.resumed(5)], customer.suspended(4)],
  ['a suspension older than the customer', [lateBorn], customer.suspended(4)],
  ['a resumption of a closed customer', [customer.closed(5)], customer.resumed(4)],
  ['a closing older than the closing', [customer.closed(5)], customer.closed(4)],
  ['a type that a newer one has overtaken', [anns.became(6, 'client')], anns.became(5, 'admin')],
  ['an older disabling', [anns.enabled(5)], anns.disabled(4)],
  ['an older grant', [anns.granted(5)], anns.granted(4, ['dns:read'])],
  ['a grant older than its revocation', [anns.revoked(5)], anns.granted(4)],
  ['a revocation older than the grant', [anns.granted(5)], anns.revoked(4)],
  ['an older assignment', [anns.assigned(5)], anns.assigned(4, ['power'])],
  ['an unassignment older than the assignment', [anns.assigned(5)], anns.unassigned(4)],
  ['a grant older than billing', [anns.became(5, 'billing')], anns.granted(4)],
  ['a grant older than past billing', [anns.became(5, 'billing'), anns.became(6, 'tech')], anns.granted(4)],
  ['a creation older than the deletion', [anns.deleted(5)], anns.created(4, 'tech')],
  ['a project older than its deletion', [project.deleted(5, 'web')], project.created(4, 'WEB')],
  ['a server older than its deletion', [server.deleted(5, 'vm1')], server.created(4, 'vm1')],
  [
    'a host name older than the newest',
    [server.created(5, 'vm1', 'b.example')],
    server.created(4, 'vm1', 'a.example'),
  ],
  ['a second, older deletion', [anns.deleted(5)], anns.deleted(4)],
  ['a second, older deletion of a project', [project.deleted(5, 'web')], project.deleted(4, 'web')],
  ['a second, older deletion of a server', [server.deleted(5, 'vm1')], server.deleted(4, 'vm1')],
  ['a grant to the first of two with an address', usersReused, anns.granted(4)],
  ['a disabling of the first of two with an address', usersReused, anns.disabled(4)],
  ['a rename of the first of two with an address', usersReused, anns.renamed(4, 'Old')],
  ['a change of type of the first of two with an address', usersReused, anns.became(4, 'admin')],
  ['a revocation from the first of two with an address', usersReused, anns.revoked(4)],
  ['an older deletion of the first of two with an address', usersReused, anns.deleted(4)],
  ['a grant on the first of two projects of a name', projectsReused, anns.granted(4)],
  ['a deletion of the first of two projects of a name', projectsReused, project.deleted(4, 'web')],
  ['an assignment of the first of two servers of an id', serversReused, anns.assigned(4)],
]

test.each(overtaken)('%s is superseded and changes nothing', async (_name, others, it) => {
  const { status, before, after } = await late(others, it)
  expect(status).toBe('superseded')
  expect(after).toEqual(before)
})

const assigned = anns.assigned(3)
type Counting = [...(typeof overtaken)[number], expected: Record<string, unknown>]
const counting: Counting[] = [
  [
    'a grant older than both ends',
    [...bobLater, project.created(6, 'shop')],
    membership.granted(4, 'bob', 'shop'),
    { grants: { 'bob shop': 'full' } },
  ],
  [
    'a rename of the second of two with an address',
    usersReused,
    anns.renamed(8, 'New'),
    { users: { ann: 'client called New' } },
  ],
  [
    'a grant on the second of two projects',
    projectsReused,
    anns.granted(8),
    { grants: { 'ann Web': 'full' } },
  ],
  [
    'a tech between two periods as admin',
    [user.created(1, 'bob', 'admin'), user.typeChanged(9, 'bob', 'admin')].map((it) =>
      withId(`b${it.id}`, it),
    ),
    user.typeChanged(5, 'bob', 'tech'),
    { users: { ann: 'tech', bob: 'admin since 00:09' } },
  ],
  [
    'billing in between, which revokes older grants,',
    [assigned, anns.became(9, 'client')],
    anns.became(5, 'billing'),
    { users: { ann: 'client' }, grants: {} },
  ],
  [
    'an update of which only one part is new',
    [anns.renamed(6, 'Ann B')],
    user.updated(5, 'ann', { name: 'Old', type: 'customer-client' }),
    { users: { ann: 'client called Ann B' } },
  ],
  [
    'a deletion of a server that has come back since',
    [assigned, serversReused[1] ?? assigned],
    server.deleted(5, 'vm1'),
    { servers: { vm1: 'new.bge.example' }, grants: {} },
  ],
  ['a closing older than a suspension', [customer.suspended(6)], customer.closed(5), { customer: 'closed' }],
]

test.each(counting)('%s is applied, late as it is', async (_name, others, it, expected) => {
  const { status, after } = await late(others, it)
  expect(status).toBe('applied')
  for (const [part, value] of Object.entries(expected)) expect(after).toHaveProperty(part, value)
})

test('a deletion ends older grants also of the next holder of the name: rather too few rights than too many', async () => {
  const given = [withId('g1', granted), withId('g2', assigned)]
  const [ann, web, vm] = there
  const stories = [
    [web, vm, ...usersReused.slice(2), ...given, anns.deleted(5), ann],
    [ann, vm, ...projectsReused.slice(2), ...given, project.deleted(5, 'web'), web],
    [ann, web, ...serversReused.slice(1), ...given, server.deleted(5, 'vm1'), vm],
  ]
  const ends = stories.map(async (events) => {
    const { deliver, view } = nextCustomer(service)
    await deliver(customer.created, ...events.filter((it) => it !== undefined))
    return Object.keys((await view()).grants)
  })
  expect(await Promise.all(ends)).toEqual([[], ['ann vm1'], ['ann web']])
})
