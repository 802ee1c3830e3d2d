import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { nextCustomer } from './arrivals.ts'
import { viewDirectory } from './directory-view.ts'
import { customer, customerId, mail, membership, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()
const shared = await startProvisioned(engine)

const ann = user.created(1, 'ann', 'tech')
const noCustomer = `customer ${customerId} is not known`
const noUser = 'no user has this e-mail address'
const noProject = 'no project has this name'
const noServer = 'server vm1 is not known'

type Row = [name: string, before: TimedEvent[], waits: TimedEvent, reason: string, awaited: TimedEvent]

const rows: Row[] = [
  [
    'an update for its customer',
    [],
    customer.updated(2, { organisation: 'B' }),
    noCustomer,
    customer.created,
  ],
  ['a suspension for its customer', [], customer.suspended(2), noCustomer, customer.created],
  ['a closing for its customer', [], customer.closed(2), noCustomer, customer.created],
  ['a user for its customer', [], ann, noCustomer, customer.created],
  ['a project for its customer', [], project.created(2, 'web'), noCustomer, customer.created],
  ['a server for its customer', [], server.created(2, 'vm1'), noCustomer, customer.created],
  ['a change of type for its user', [], user.typeChanged(3, 'ann', 'client'), noUser, ann],
  ['a disabling for its user', [], user.disabled(3, 'ann'), noUser, ann],
  ['an enabling for its user', [], user.enabled(3, 'ann'), noUser, ann],
  ['a deletion for its user', [], user.deleted(3, 'ann'), noUser, ann],
  ['a deletion for its project', [], project.deleted(3, 'web'), noProject, project.created(2, 'Web')],
  ['a deletion for its server', [], server.deleted(3, 'vm1'), noServer, server.created(2, 'vm1')],
  ['a grant for its user', [project.created(2, 'web')], membership.granted(3, 'ann', 'web'), noUser, ann],
  [
    'a grant for its project',
    [ann],
    membership.granted(3, 'ann', 'web'),
    noProject,
    project.created(2, 'WEB'),
  ],
  ['a grant of Main for its user', [], membership.granted(3, 'ann', customerId, ['cdn']), noUser, ann],
  [
    'a revocation for its user',
    [project.created(2, 'web')],
    membership.revoked(3, 'ann', 'web'),
    noUser,
    ann,
  ],
  [
    'a revocation for its project',
    [ann],
    membership.revoked(3, 'ann', 'web'),
    noProject,
    project.created(2, 'web'),
  ],
  ['an assignment for its user', [server.created(2, 'vm1')], server.assigned(3, 'ann', 'vm1'), noUser, ann],
  [
    'an assignment for its server',
    [ann],
    server.assigned(3, 'ann', 'vm1'),
    noServer,
    server.created(2, 'vm1'),
  ],
  [
    'an unassignment for its user',
    [server.created(2, 'vm1')],
    server.unassigned(3, 'ann', 'vm1'),
    noUser,
    ann,
  ],
  [
    'an unassignment for its server',
    [ann],
    server.unassigned(3, 'ann', 'vm1'),
    noServer,
    server.created(2, 'vm1'),
  ],
  [
    'a grant newer than the deletion of its user',
    [ann, project.created(2, 'web'), user.deleted(3, 'ann')],
    membership.granted(4, 'ann', 'web'),
    noUser,
    withId('again', user.created(5, 'ann', 'client')),
  ],
  [
    'a grant newer than the deletion of its project',
    [ann, project.created(2, 'web'), project.deleted(3, 'web')],
    membership.granted(4, 'ann', 'web'),
    noProject,
    withId('again', project.created(5, 'web')),
  ],
  [
    'an assignment newer than the deletion of its server',
    [ann, server.created(2, 'vm1'), server.deleted(3, 'vm1')],
    server.assigned(4, 'ann', 'vm1'),
    noServer,
    withId('again', server.created(5, 'vm1')),
  ],
  [
    'a user for the address in use',
    [ann],
    user.created(4, 'ann', 'client'),
    'a user of this customer has this e-mail address',
    user.deleted(3, 'ann'),
  ],
  [
    'a user for the address of the main-customer',
    [],
    user.created(4, 'owner', 'tech'),
    'a user of this customer has this e-mail address',
    // It never is free.
    customer.updated(5, { organisation: 'C' }),
  ],
  [
    'a project for the name in use, in any case',
    [project.created(2, 'web')],
    project.created(4, 'WEB'),
    'a project of this customer has this name',
    project.deleted(3, 'web'),
  ],
  [
    'a grant for a type that can hold it',
    [user.created(1, 'ann', 'billing'), project.created(2, 'web')],
    membership.granted(3, 'ann', 'web'),
    'a billing user holds no OpenStack projects',
    user.typeChanged(4, 'ann', 'client'),
  ],
  [
    'a role in Main for a type that can hold it',
    [user.created(1, 'ann', 'billing')],
    membership.granted(3, 'ann', customerId, ['cdn']),
    'a billing user holds no role in the Main project',
    user.typeChanged(4, 'ann', 'client'),
  ],
  [
    'an assignment for a type that can hold it',
    [user.created(1, 'ann', 'billing'), server.created(2, 'vm1')],
    server.assigned(3, 'ann', 'vm1'),
    'a billing user holds no servers',
    user.typeChanged(4, 'ann', 'client'),
  ],
]

test.each(rows)(
  '%s waits, and is applied at once when that comes',
  async (_name, before, waits, reason, awaited) => {
    const { deliver, view, asTold, ...of } = nextCustomer(shared)
    await deliver(...(awaited === customer.created ? [] : [customer.created]), ...before)
    const untouched = await view()
    await deliver(waits)
    expect([await of.statusOf(waits), asTold(await of.reasonOf(waits))]).toEqual(['waiting', reason])
    expect(await view()).toEqual(untouched)
    await deliver(awaited)
    expect(await of.statusOf(awaited)).toBe('applied')
    const isMended = awaited.type !== 'customer.updated'
    expect(await of.statusOf(waits)).toBe(isMended ? 'applied' : 'waiting')
    expect(await of.reasonOf(waits)).toBe(isMended ? undefined : reason)
    expect(shared.failures).toEqual([])
  },
)

test('a delivery that waits for one dependency after the other is triggered by each', async () => {
  const service = await startProvisioned(engine)
  const waiting = membership.granted(9, 'ann', 'web')
  await service.deliverEach([waiting])
  const reasons = [await service.reasonOf(waiting.id)]
  for (const next of [customer.created, ann, project.created(2, 'web')]) {
    await service.deliverEach([next])
    reasons.push(await service.reasonOf(waiting.id))
  }
  expect(reasons).toEqual([noCustomer, noUser, noProject, undefined])
  expect(await service.statusOf(waiting.id)).toBe('applied')
  await service.stop()
})

test('of several that wait for the same the oldest is tried first', async () => {
  const service = await startProvisioned(engine)
  const [first, second, third] = [
    user.created(3, 'ann', 'client'),
    user.created(4, 'ann', 'tech'),
    user.created(5, 'ann', 'admin'),
  ]
  await service.deliverEach([customer.created, user.created(1, 'ann', 'billing'), third, first, second])
  await service.deliverEach([user.deleted(2, 'ann')])
  const statuses = [first, second, third].map(({ id }) => service.statusOf(id))
  expect(await Promise.all(statuses)).toEqual(['applied', 'waiting', 'waiting'])
  expect((await viewDirectory(service.table)).users).toMatchObject({ ann: 'client' })
  await service.stop()
})

test('a waiting delivery is superseded when a newer one was applied meanwhile', async () => {
  const service = await startProvisioned(engine)
  const overtaken = [
    membership.granted(3, 'ann', 'web'),
    user.created(4, 'bob', 'tech'),
    project.created(5, 'shop'),
  ]
  await service.deliverEach([
    customer.created,
    user.created(1, 'ann', 'billing'),
    withId('web', project.created(1, 'web')),
    user.created(2, 'bob', 'client'),
    withId('shop', project.created(2, 'shop')),
    ...overtaken,
  ])
  const waiting = overtaken.map(({ id }) => service.statusOf(id))
  expect(await Promise.all(waiting)).toEqual(['waiting', 'waiting', 'waiting'])
  await service.deliverEach([
    withId('again', user.typeChanged(8, 'ann', 'billing')),
    membership.revoked(7, 'ann', 'web'),
    user.typeChanged(6, 'ann', 'tech'),
    user.deleted(9, 'bob'),
    project.deleted(10, 'shop'),
  ])
  const settled = overtaken.map(({ id }) => service.statusOf(id))
  expect(await Promise.all(settled)).toEqual(['superseded', 'superseded', 'superseded'])
  await service.stop()
})

test('admins wait for a place among the fifty, the oldest event first', async () => {
  const service = await startProvisioned(engine)
  const admins = Array.from({ length: 50 }, (_, place) => user.created(10 + place, `admin${place}`, 'admin'))
  const [created, promoted] = [user.created(70, 'bob', 'admin'), user.typeChanged(71, 'ann', 'admin')]
  await service.deliverAll([customer.created, ann, ...admins])
  await service.deliverEach([promoted, created])
  const states = async () => [await service.statusOf(created.id), await service.statusOf(promoted.id)]
  expect(await service.reasonOf(created.id)).toBe('a customer has at most 50 admins')
  expect(await service.reasonOf(promoted.id)).toBe('a customer has at most 50 admins')
  expect((await viewDirectory(service.table)).users).toMatchObject({ ann: 'tech' })
  await service.deliverEach([user.deleted(80, 'admin7')])
  expect(await states()).toEqual(['applied', 'waiting'])
  await service.deliverEach([user.typeChanged(81, 'admin8', 'client')])
  expect(await states()).toEqual(['applied', 'applied'])
  await service.stop()
  expect(service.failures).toEqual([])
})

test('customers wait for themselves only', async () => {
  const service = await startProvisioned(engine)
  const other = { ...ann, id: 'other', data: { ...ann.data, customerId: 'ABC000002', email: mail('ann') } }
  await service.deliverEach([ann, other, customer.created])
  expect(await service.statusOf(ann.id)).toBe('applied')
  expect(await service.statusOf('other')).toBe('waiting')
  await service.stop()
})
