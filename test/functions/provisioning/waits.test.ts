import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { nextCustomer } from './arrivals.ts'
import { viewDirectory } from './directory-view.ts'
import { anns, customer, customerId, mail, project, server, user, withId } from './scene.ts'

const engine = await startTestEngine()
const shared = await startProvisioned(engine)

const ann = anns.created(1, 'tech')
const noCustomer = `customer ${customerId} is not known`
const noUser = 'no user has this e-mail address'
const noProject = 'no project has this name'
const noServer = 'server vm1 is not known'
const update = customer.updated(5, { organisation: 'B' })
const assigned = anns.assigned(4)
const addressTaken = 'a user of this customer has this e-mail address'
const nameTaken = 'a project of this customer has this name'
const noProjects = 'a billing user holds no OpenStack projects'
const noServers = 'a billing user holds no servers'
const noMain = 'a billing user holds no role in the Main project'
const inMain = anns.inMain(3, ['cdn'])
const billing = anns.created(1, 'billing')
const toClient = anns.became(4, 'client')
const web = project.created(2, 'web')
const vm1 = server.created(2, 'vm1')
const [annEnds, webEnds, vm1Ends] = [anns.deleted(3), project.deleted(3, 'web'), server.deleted(3, 'vm1')]
const [granting, grantingLater] = [anns.granted(3), anns.granted(4)]
const [assigning, unassigning] = [anns.assigned(3), anns.unassigned(3)]
const revoking = anns.revoked(3)
const annAgain = withId('again', anns.created(5, 'client'))
const webAgain = withId('again', project.created(5, 'web'))
const vm1Again = withId('again', server.created(5, 'vm1'))

type Row = [name: string, before: TimedEvent[], waits: TimedEvent, reason: string, awaited: TimedEvent]

const rows: Row[] = [
  ['an update for its customer', [], update, noCustomer, customer.created],
  ['a suspension for its customer', [], customer.suspended(2), noCustomer, customer.created],
  ['a closing for its customer', [], customer.closed(2), noCustomer, customer.created],
  ['a user for its customer', [], ann, noCustomer, customer.created],
  ['a project for its customer', [], web, noCustomer, customer.created],
  ['a server for its customer', [], vm1, noCustomer, customer.created],
  ['a change of type for its user', [], anns.became(3, 'client'), noUser, ann],
  ['a disabling for its user', [], anns.disabled(3), noUser, ann],
  ['an enabling for its user', [], anns.enabled(3), noUser, ann],
  ['a deletion for its user', [], annEnds, noUser, ann],
  ['a deletion for its project', [], webEnds, noProject, project.created(2, 'Web')],
  ['a deletion for its server', [], vm1Ends, noServer, vm1],
  ['a grant for its user', [web], granting, noUser, ann],
  ['a grant for its project', [ann], granting, noProject, project.created(2, 'WEB')],
  ['a grant of Main for its user', [], inMain, noUser, ann],
  ['a revocation for its user', [web], revoking, noUser, ann],
  ['a revocation for its project', [ann], revoking, noProject, web],
  ['an assignment for its user', [vm1], assigning, noUser, ann],
  ['an assignment for its server', [ann], assigning, noServer, vm1],
  ['an unassignment for its user', [vm1], unassigning, noUser, ann],
  ['an unassignment for its server', [ann], unassigning, noServer, vm1],
  ['a grant after the end of its user', [ann, web, annEnds], grantingLater, noUser, annAgain],
  ['a grant after the end of its project', [ann, web, webEnds], grantingLater, noProject, webAgain],
  ['an assignment after the end of its server', [ann, vm1, vm1Ends], assigned, noServer, vm1Again],
  ['a user for the address in use', [ann], anns.created(4, 'client'), addressTaken, annEnds],
  ['a user for an address that never is free', [], user.created(4, 'owner', 'tech'), addressTaken, update],
  ['a project for the name in use', [web], project.created(4, 'WEB'), nameTaken, webEnds],
  ['a grant for a type that can hold it', [billing, web], granting, noProjects, toClient],
  ['a role in Main for a type that can hold it', [billing], inMain, noMain, toClient],
  ['an assignment for a type that can hold it', [billing, vm1], assigning, noServers, toClient],
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
  const waiting = anns.granted(9)
  await service.deliverEach([waiting])
  const reasons = [await service.reasonOf(waiting.id)]
  for (const next of [customer.created, ann, web]) {
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
    anns.created(3, 'client'),
    anns.created(4, 'tech'),
    anns.created(5, 'admin'),
  ]
  await service.deliverEach([customer.created, billing, third, first, second])
  await service.deliverEach([anns.deleted(2)])
  const statuses = [first, second, third].map(({ id }) => service.statusOf(id))
  expect(await Promise.all(statuses)).toEqual(['applied', 'waiting', 'waiting'])
  expect((await viewDirectory(service.table)).users).toMatchObject({ ann: 'client' })
  await service.stop()
})

test('a waiting delivery is superseded when a newer one was applied meanwhile', async () => {
  const service = await startProvisioned(engine)
  const overtaken = [granting, user.created(4, 'bob', 'tech'), project.created(5, 'shop')]
  await service.deliverEach([
    customer.created,
    billing,
    withId('web', project.created(1, 'web')),
    user.created(2, 'bob', 'client'),
    withId('shop', project.created(2, 'shop')),
    ...overtaken,
  ])
  const waiting = overtaken.map(({ id }) => service.statusOf(id))
  expect(await Promise.all(waiting)).toEqual(['waiting', 'waiting', 'waiting'])
  await service.deliverEach([
    withId('again', anns.became(8, 'billing')),
    anns.revoked(7),
    anns.became(6, 'tech'),
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
  const [created, promoted] = [user.created(70, 'bob', 'admin'), anns.became(71, 'admin')]
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
