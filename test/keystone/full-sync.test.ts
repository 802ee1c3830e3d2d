import { describe, expect, it } from 'vitest'
import { findByEmail } from '../../shared/directory/facts/decision-facts.ts'
import { findFullSync } from '../../shared/openstack/sync/full-sync-store.ts'
import { findFanOutPending } from '../../shared/openstack/sync/store.ts'
import { KeystoneError } from '../../shared/openstack/transport/errors.ts'
import { listProjects } from '../../shared/records/projects.ts'
import { findUserWithGrants } from '../../shared/records/users.ts'
import type { Table } from '../../shared/table/table.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { pauseRead, type Call, pauseCall, isAssignment } from '../support/keystone/pause-call.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'
import * as ks from '../support/keystone/ks.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startCustomer(engine, direct)
const isListOfAll = ({ method, path, query }: Call) =>
  method === 'GET' && path === '/users' && query?.name__startswith === undefined

describe('a full sync', () => {
  it('does not take a pending change for drift', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'), scene.project.created(10, 'shop'))
    await acme.deliver(scene.user.disabled(11, 'tom'))
    await acme.openstack.fullSync({ now: true })
    expect(await acme.driftEvents()).toEqual([])
    await acme.untilSettled()
    // A late event: the user was an admin before the project was created.
    await acme.deliver({ ...scene.user.typeChanged(12, 'tom', 'admin'), timestamp: scene.time(5) })
    await acme.openstack.fullSync({ now: true })
    expect(await acme.driftEvents()).toEqual([])
  })

  it('does not mark a project ready by an old list, if a newer run has to revoke a role', async () => {
    const acme = await begin()
    const listed = pauseCall(direct, isListOfAll, { afterwards: true })
    const passing = acme.worker(listed.keystone).fullSync({ now: true })
    await listed.isReached
    await acme.settle(scene.user.created(9, 'kim', 'tech'), scene.membership.granted(10, 'kim', 'web'))
    await acme.deliver(scene.membership.revoked(11, 'kim', 'web'))
    listed.open()
    await passing
    await acme.expectEqualInTheEnd()
  })

  it('that is overtaken after its last read releases the project at once', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    const { id } = await acme.keystoneProject('web')
    const user = await acme.keystoneUser('ann')
    const path = ks.pathTo('projects', id, 'users', user.id, 'roles', await roleIn(id))
    await direct.call({ method: 'DELETE', path, expect: 204 })
    const { table, isReached, open } = pauseRead(acme.table, 2)
    const passing = acme.worker(direct, table).fullSync({ now: true })
    await isReached
    await acme.deliver(scene.membership.revoked(10, 'tom', 'web'))
    open()
    await passing
    await acme.sweep()
    await acme.expectEqual()
  })

  it('that is overtaken releases the project at once', async () => {
    const acme = await begin()
    const { id } = await acme.keystoneProject('web')
    const user = await acme.keystoneUser('ann')
    const path = ks.pathTo('projects', id, 'users', user.id, 'roles', await roleIn(id))
    await direct.call({ method: 'DELETE', path, expect: 204 })
    const held = pauseCall(direct, isAssignment)
    const passing = acme.worker(held.keystone).fullSync({ now: true })
    await held.isReached
    await acme.deliver(scene.membership.granted(10, 'tom', 'web'))
    held.open()
    await passing
    await acme.sweep()
    await acme.expectEqual()
  })

  it('continues where Keystone fails with one project, and records no repair twice', async () => {
    const acme = await begin()
    const { table, openstack, customerId } = acme
    // In the same directory, and later in the list of customers.
    const other = `BGF${customerId.slice(3)}`
    await acme.deliverEach(
      [scene.customer.created, scene.project.created(3, 'web')].map((each) => ({
        ...each,
        id: `other-${each.id}`,
        data: { ...each.data, customerId: other },
      })),
    )
    await acme.untilSettled()
    const web = await acme.keystoneProject('web')
    const [theirs] = await ks.listProjectsTagged(
      direct,
      `latchkey:${other}:${await projectIdAt(table, other)}`,
    )
    if (!theirs) throw new Error('the other customer has a project')
    for (const project of [web, theirs]) await ks.updateKeystoneProject(direct, project, { enabled: false })
    const refusing: ks.Keystone = {
      ...direct,
      async call(call) {
        if (call.method === 'PATCH' && call.path === `/projects/${web.id}`)
          throw new KeystoneError('failed', 'Keystone failed (500)', { status: 500 })
        return direct.call(call)
      },
    }
    const worker = acme.worker(refusing)
    await worker.fullSync({ now: true })
    expect((await ks.findProjectNamed(direct, 'default', theirs.name))?.enabled).toBe(true)
    await worker.fullSync({ now: true })
    expect((await findFullSync(table))?.last).toMatchObject({ projects: 2 })
    expect(await acme.recordOf('web')).toMatchObject({ state: 'failed' })
    expect(await acme.driftEvents()).toHaveLength(1)
    acme.advance(30_000)
    await openstack.sweep()
    await acme.expectEqualInTheEnd()
  })

  it('finds a user who was renamed by hand, whatever the name', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    await ks.updateKeystoneUser(direct, await acme.keystoneUser('tom'), {
      name: `some_body_${acme.customerId}`,
      enabled: false,
    })
    await acme.openstack.fullSync({ now: true })
    await acme.expectEqual()
    expect(await acme.driftEvents()).toHaveLength(1)
  })
})

describe('without a full sync', () => {
  it('a project whose name another of ours took gets its own', async () => {
    const acme = await begin()
    await acme.settle(scene.project.created(8, 'shop'))
    const [web, shop] = [await acme.keystoneProject('web'), await acme.keystoneProject('shop')]
    await ks.updateKeystoneProject(direct, web, { name: `elsewhere ${acme.customerId}` })
    await ks.updateKeystoneProject(direct, shop, { name: `${acme.customerId}_web` })
    await acme.deliver(scene.membership.granted(10, 'ann', 'web', ['dns:read']))
    await acme.expectEqualInTheEnd()
  })

  it('a user whose name another of ours took gets their own', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    const [ann, tom] = [await acme.keystoneUser('ann'), await acme.keystoneUser('tom')]
    await ks.updateKeystoneUser(direct, ann, { name: `${acme.customerId}_elsewhere` })
    await ks.updateKeystoneUser(direct, tom, { name: `${acme.customerId}_${scene.mail('ann')}` })
    await acme.deliver(scene.user.disabled(10, 'ann'))
    await acme.expectEqualInTheEnd()
  })

  it('a user who was renamed by hand and is deleted then loses everything', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    const tom = await acme.keystoneUser('tom')
    await ks.updateKeystoneUser(direct, tom, { name: `somebody_else_${acme.customerId}` })
    await acme.deliver(scene.user.deleted(10, 'tom'))
    await acme.expectEqualInTheEnd()
    expect(await ks.findUser(direct, tom.id)).toMatchObject({ enabled: false })
  })

  it('a membership ends in time although the project has failed for another reason', async () => {
    const acme = await begin()
    const name = `${acme.customerId}_${scene.mail('eve')}`
    await ks.makeUser(direct, { name })
    await acme.deliver(scene.user.created(9, 'eve', 'tech'), scene.membership.granted(10, 'eve', 'web'))
    // By now it is retried once an hour.
    for (let attempt = 0; attempt < 12; attempt++) {
      await acme.sweep()
      acme.advance(3_700_000)
    }
    const expiresAt = new Date(acme.now().getTime() + 1_800_000).toISOString()
    await acme.deliver(scene.membership.granted(11, 'tom', 'web', ['full'], { expiresAt }))
    await acme.sweep()
    expect(await acme.recordOf('web')).toMatchObject({ state: 'failed' })
    expect((await acme.differences()).missing.join()).not.toContain('tom')
    acme.advance(1_801_000)
    await acme.sweep()
    expect((await acme.differences()).extra).toEqual([])
  })
})

describe('an attribute that others write in Keystone', () => {
  it('becomes part of no key: no project stays pending, and no item of a user is written', async () => {
    const acme = await begin()
    const { customerId, table } = acme
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    const tom = (await findByEmail(table, customerId, scene.mail('tom'))) ?? ''
    await ks.makeUser(direct, { name: `${customerId}_${scene.mail('kim')}`, latchkey_user_id: 'a#b' })
    const tags = ['latchkey', `latchkey:${customerId}#U#${tom}:zz`]
    await ks.makeProject(direct, `${customerId}_shop`, { tags })
    await acme.deliver(
      scene.user.created(10, 'kim', 'tech'),
      scene.membership.granted(11, 'kim', 'web'),
      scene.project.created(12, 'shop'),
    )
    await acme.sweep(3)
    expect(await findFanOutPending(table, customerId)).toBeUndefined()
    expect((await findUserWithGrants(table, customerId, tom)).user?.id).toBe(tom)
    expect(await acme.recordOf('shop')).toMatchObject({ state: 'failed' })
  })
})

async function roleIn(projectId: string): Promise<string> {
  const query = { 'scope.project.id': projectId }
  const answer = await direct.call({ method: 'GET', path: '/role_assignments', query, expect: 200 })
  return (answer as { role_assignments: { role: { id: string } }[] }).role_assignments[0]?.role.id ?? ''
}

async function projectIdAt(table: Table, customerId: string): Promise<string> {
  return (await listProjects(table, customerId)).items.find(({ kind }) => kind === 'openstack')?.id ?? ''
}
