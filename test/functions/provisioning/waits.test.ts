import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { viewDirectory } from './directory-view.ts'
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
  revoke,
  server,
  serverGone,
  unassign,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()

const ann = user(1, 'ann', 'tech')
const noCustomer = `customer ${customerId} is not known`
const noUser = 'no user has this e-mail address'
const noProject = 'no project has this name'
const noServer = 'server vm1 is not known'

type Row = [name: string, before: TimedEvent[], waits: TimedEvent, reason: string, awaited: TimedEvent]

const rows: Row[] = [
  ['an update for its customer', [], event(2, 'customer.updated', { organisation: 'B' }), noCustomer, born],
  ['a suspension for its customer', [], becomesCustomer(2, 'suspended'), noCustomer, born],
  ['a closing for its customer', [], becomesCustomer(2, 'closed'), noCustomer, born],
  ['a user for its customer', [], ann, noCustomer, born],
  ['a project for its customer', [], project(2, 'web'), noCustomer, born],
  ['a server for its customer', [], server(2, 'vm1'), noCustomer, born],
  ['a change of type for its user', [born], becomes(3, 'ann', 'client'), noUser, ann],
  ['a disabling for its user', [born], disabled(3, 'ann'), noUser, ann],
  ['an enabling for its user', [born], enabled(3, 'ann'), noUser, ann],
  ['a deletion for its user', [born], userGone(3, 'ann'), noUser, ann],
  ['a deletion for its project', [born], projectGone(3, 'web'), noProject, project(2, 'Web')],
  ['a deletion for its server', [born], serverGone(3, 'vm1'), noServer, server(2, 'vm1')],
  ['a grant for its user', [born, project(2, 'web')], grant(3, 'ann', 'web', ['full']), noUser, ann],
  ['a grant for its project', [born, ann], grant(3, 'ann', 'web', ['full']), noProject, project(2, 'WEB')],
  ['a grant of Main for its user', [born], grant(3, 'ann', customerId, ['cdn']), noUser, ann],
  ['a revocation for its user', [born, project(2, 'web')], revoke(3, 'ann', 'web'), noUser, ann],
  ['a revocation for its project', [born, ann], revoke(3, 'ann', 'web'), noProject, project(2, 'web')],
  ['an assignment for its user', [born, server(2, 'vm1')], assign(3, 'ann', 'vm1', []), noUser, ann],
  ['an assignment for its server', [born, ann], assign(3, 'ann', 'vm1', []), noServer, server(2, 'vm1')],
  ['an unassignment for its user', [born, server(2, 'vm1')], unassign(3, 'ann', 'vm1'), noUser, ann],
  ['an unassignment for its server', [born, ann], unassign(3, 'ann', 'vm1'), noServer, server(2, 'vm1')],
  [
    'a grant newer than the deletion of its user',
    [born, ann, project(2, 'web'), userGone(3, 'ann')],
    grant(4, 'ann', 'web', ['full']),
    noUser,
    named('again', user(5, 'ann', 'client')),
  ],
  [
    'a grant newer than the deletion of its project',
    [born, ann, project(2, 'web'), projectGone(3, 'web')],
    grant(4, 'ann', 'web', ['full']),
    noProject,
    named('again', project(5, 'web')),
  ],
  [
    'an assignment newer than the deletion of its server',
    [born, ann, server(2, 'vm1'), serverGone(3, 'vm1')],
    assign(4, 'ann', 'vm1', []),
    noServer,
    named('again', server(5, 'vm1')),
  ],
  [
    'a user for the address in use',
    [born, ann],
    user(4, 'ann', 'client'),
    'a user of this customer has this e-mail address',
    userGone(3, 'ann'),
  ],
  [
    'a user for the address of the main-customer',
    [born],
    user(4, 'owner', 'tech'),
    'a user of this customer has this e-mail address',
    // It never is free.
    event(5, 'customer.updated', { organisation: 'C' }),
  ],
  [
    'a project for the name in use, in any case',
    [born, project(2, 'web')],
    project(4, 'WEB'),
    'a project of this customer has this name',
    projectGone(3, 'web'),
  ],
  [
    'a grant for a type that can hold it',
    [born, user(1, 'ann', 'billing'), project(2, 'web')],
    grant(3, 'ann', 'web', ['full']),
    'a billing user holds no OpenStack projects',
    becomes(4, 'ann', 'client'),
  ],
  [
    'a role in Main for a type that can hold it',
    [born, user(1, 'ann', 'billing')],
    grant(3, 'ann', customerId, ['cdn']),
    'a billing user holds no role in the Main project',
    becomes(4, 'ann', 'client'),
  ],
  [
    'an assignment for a type that can hold it',
    [born, user(1, 'ann', 'billing'), server(2, 'vm1')],
    assign(3, 'ann', 'vm1', []),
    'a billing user holds no servers',
    becomes(4, 'ann', 'client'),
  ],
]

test.each(rows)(
  '%s waits, and is applied at once when that comes',
  async (_name, before, waits, reason, awaited) => {
    const service = await startProvisioned(engine)
    await service.deliverAll(before)
    const untouched = await viewDirectory(service.table)
    await service.deliverEach([waits])
    expect(await service.statusOf(waits.id)).toBe('waiting')
    expect(await service.reasonOf(waits.id)).toBe(reason)
    expect(await viewDirectory(service.table)).toEqual(untouched)
    await service.deliverEach([awaited])
    expect(await service.statusOf(awaited.id)).toBe('applied')
    const isMended = awaited.type !== 'customer.updated'
    expect(await service.statusOf(waits.id)).toBe(isMended ? 'applied' : 'waiting')
    expect(await service.reasonOf(waits.id)).toBe(isMended ? undefined : reason)
    await service.stop()
    expect(service.failures).toEqual([])
  },
)

test('a delivery that waits for one dependency after the other is triggered by each', async () => {
  const service = await startProvisioned(engine)
  const waiting = grant(9, 'ann', 'web', ['full'])
  await service.deliverEach([waiting])
  const reasons = [await service.reasonOf(waiting.id)]
  for (const next of [born, ann, project(2, 'web')]) {
    await service.deliverEach([next])
    reasons.push(await service.reasonOf(waiting.id))
  }
  expect(reasons).toEqual([noCustomer, noUser, noProject, undefined])
  expect(await service.statusOf(waiting.id)).toBe('applied')
  await service.stop()
})

test('of several that wait for the same the oldest is tried first', async () => {
  const service = await startProvisioned(engine)
  const [first, second, third] = [user(3, 'ann', 'client'), user(4, 'ann', 'tech'), user(5, 'ann', 'admin')]
  await service.deliverEach([born, user(1, 'ann', 'billing'), third, first, second])
  await service.deliverEach([userGone(2, 'ann')])
  const statuses = [first, second, third].map(({ id }) => service.statusOf(id))
  expect(await Promise.all(statuses)).toEqual(['applied', 'waiting', 'waiting'])
  expect((await viewDirectory(service.table)).users).toMatchObject({ ann: 'client' })
  await service.stop()
})

test('a waiting delivery is superseded when a newer one was applied meanwhile', async () => {
  const service = await startProvisioned(engine)
  const overtaken = [grant(3, 'ann', 'web', ['full']), user(4, 'bob', 'tech'), project(5, 'shop')]
  await service.deliverEach([
    born,
    user(1, 'ann', 'billing'),
    named('web', project(1, 'web')),
    user(2, 'bob', 'client'),
    named('shop', project(2, 'shop')),
    ...overtaken,
  ])
  const waiting = overtaken.map(({ id }) => service.statusOf(id))
  expect(await Promise.all(waiting)).toEqual(['waiting', 'waiting', 'waiting'])
  await service.deliverEach([
    named('again', becomes(8, 'ann', 'billing')),
    revoke(7, 'ann', 'web'),
    becomes(6, 'ann', 'tech'),
    userGone(9, 'bob'),
    projectGone(10, 'shop'),
  ])
  const settled = overtaken.map(({ id }) => service.statusOf(id))
  expect(await Promise.all(settled)).toEqual(['superseded', 'superseded', 'superseded'])
  await service.stop()
})

test('admins wait for a place among the fifty, the oldest event first', async () => {
  const service = await startProvisioned(engine)
  const admins = Array.from({ length: 50 }, (_, place) => user(10 + place, `admin${place}`, 'admin'))
  const [created, promoted] = [user(70, 'bob', 'admin'), becomes(71, 'ann', 'admin')]
  await service.deliverAll([born, ann, ...admins])
  await service.deliverEach([promoted, created])
  const states = async () => [await service.statusOf(created.id), await service.statusOf(promoted.id)]
  expect(await service.reasonOf(created.id)).toBe('a customer has at most 50 admins')
  expect(await service.reasonOf(promoted.id)).toBe('a customer has at most 50 admins')
  expect((await viewDirectory(service.table)).users).toMatchObject({ ann: 'tech' })
  await service.deliverEach([userGone(80, 'admin7')])
  expect(await states()).toEqual(['applied', 'waiting'])
  await service.deliverEach([becomes(81, 'admin8', 'client')])
  expect(await states()).toEqual(['applied', 'applied'])
  await service.stop()
  expect(service.failures).toEqual([])
})

test('customers wait for themselves only', async () => {
  const service = await startProvisioned(engine)
  const other = { ...ann, id: 'other', data: { ...ann.data, customerId: 'ABC000002', email: mail('ann') } }
  await service.deliverEach([ann, other, born])
  expect(await service.statusOf(ann.id)).toBe('applied')
  expect(await service.statusOf('other')).toBe('waiting')
  await service.stop()
})
