import { describe, expect, it } from 'vitest'
import { findByEmail } from '../../shared/directory/facts/read-facts.ts'
import { type Keystone, pathTo } from '../../shared/openstack/keystone/client.ts'
import { listProjectsTagged, updateKeystoneProject } from '../../shared/openstack/keystone/projects.ts'
import { updateKeystoneUser } from '../../shared/openstack/keystone/users.ts'
import { findFullSync } from '../../shared/openstack/sync/full-sync-store.ts'
import { findFanOutPending } from '../../shared/openstack/sync/store.ts'
import { KeystoneError } from '../../shared/openstack/transport/errors.ts'
import { listProjects } from '../../shared/records/projects.ts'
import { findUserWithGrants } from '../../shared/records/users.ts'
import type { Table } from '../../shared/table/table.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { findProjectNamed } from '../support/keystone/find.ts'
import { afterLooks, type Call, gate, isAssignment } from '../support/keystone/gate.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { equal, startStory } from '../support/keystone/story.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startStory(engine, direct)
const isListOfAll = ({ method, path, query }: Call) =>
  method === 'GET' && path === '/users' && query?.name__startswith === undefined

describe('a pass', () => {
  it('does not take for drift what is on its way', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']), scene.project(10, 'shop'))
    await story.follow()
    await story.tell(scene.disabled(11, 'tom'))
    await story.openstack.fullSync({ now: true })
    expect(await story.told()).toEqual([])
    await story.follow()
    // An event that comes late: an admin since before the project.
    await story.tell({ ...scene.becomes(12, 'tom', 'admin'), timestamp: scene.time(5) })
    await story.openstack.fullSync({ now: true })
    expect(await story.told()).toEqual([])
  })

  it('does not call ready by an old list what a newer run has to take away', async () => {
    const story = await begin()
    const listed = gate(direct, isListOfAll, { afterwards: true })
    const passing = story.worker(listed.keystone).fullSync({ now: true })
    await listed.isReached
    await story.tell(scene.user(9, 'kim', 'tech'), scene.grant(10, 'kim', 'web', ['full']))
    await story.follow()
    await story.tell(scene.revoke(11, 'kim', 'web'))
    listed.open()
    await passing
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('that is overtaken after its last look lets the project go at once', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    const { id } = await story.projectThere('web')
    const user = await story.userThere('ann')
    const path = pathTo('projects', id, 'users', user.id, 'roles', await roleIn(id))
    await direct.call({ method: 'DELETE', path, expect: 204 })
    const { table, isReached, open } = afterLooks(story.table, 2)
    const passing = story.worker(direct, table).fullSync({ now: true })
    await isReached
    await story.tell(scene.revoke(10, 'tom', 'web'))
    open()
    await passing
    await story.openstack.sweep()
    expect(await story.differences()).toEqual(equal)
  })

  it('that is overtaken lets the project go at once', async () => {
    const story = await begin()
    const { id } = await story.projectThere('web')
    const user = await story.userThere('ann')
    const path = pathTo('projects', id, 'users', user.id, 'roles', await roleIn(id))
    await direct.call({ method: 'DELETE', path, expect: 204 })
    const held = gate(direct, isAssignment)
    const passing = story.worker(held.keystone).fullSync({ now: true })
    await held.isReached
    await story.tell(scene.grant(10, 'tom', 'web', ['full']))
    held.open()
    await passing
    await story.openstack.sweep()
    expect(await story.differences()).toEqual(equal)
  })

  it('goes on to others where Keystone fails with one, and tells of no repair twice', async () => {
    const story = await begin()
    const { table, openstack, customerId } = story
    // In the same directory, and later in the list of customers.
    const other = `BGF${customerId.slice(3)}`
    await story.deliverEach(
      [scene.born, scene.project(3, 'web')].map((each) => ({
        ...each,
        id: `other-${each.id}`,
        data: { ...each.data, customerId: other },
      })),
    )
    await story.follow()
    const web = await story.projectThere('web')
    const [theirs] = await listProjectsTagged(direct, `latchkey:${other}:${await projectIdAt(table, other)}`)
    if (!theirs) throw new Error('the other customer has a project')
    for (const project of [web, theirs]) await updateKeystoneProject(direct, project, { enabled: false })
    const refusing: Keystone = {
      ...direct,
      async call(call) {
        if (call.method === 'PATCH' && call.path === `/projects/${web.id}`)
          throw new KeystoneError('failed', 'Keystone failed (500)', { status: 500 })
        return direct.call(call)
      },
    }
    const worker = story.worker(refusing)
    await worker.fullSync({ now: true })
    expect((await findProjectNamed(direct, 'default', theirs.name))?.enabled).toBe(true)
    await worker.fullSync({ now: true })
    expect((await findFullSync(table))?.last).toMatchObject({ projects: 2 })
    expect(await story.recordOf('web')).toMatchObject({ state: 'failed' })
    expect(await story.told()).toHaveLength(1)
    story.advance(30_000)
    await openstack.sweep()
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('finds a user who was renamed by hand, whatever the name', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    await updateKeystoneUser(direct, await story.userThere('tom'), {
      name: `some_body_${story.customerId}`,
      enabled: false,
    })
    await story.openstack.fullSync({ now: true })
    expect(await story.differences()).toEqual(equal)
    expect(await story.told()).toHaveLength(1)
  })
})

describe('without a pass', () => {
  it('a project that made room for another of ours gets its name', async () => {
    const story = await begin()
    await story.tell(scene.project(8, 'shop'))
    await story.follow()
    const [web, shop] = [await story.projectThere('web'), await story.projectThere('shop')]
    await updateKeystoneProject(direct, web, { name: `elsewhere ${story.customerId}` })
    await updateKeystoneProject(direct, shop, { name: `${story.customerId}_web` })
    await story.tell(scene.grant(10, 'ann', 'web', ['dns:read']))
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('a user who made room for another of ours gets its name', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    const [ann, tom] = [await story.userThere('ann'), await story.userThere('tom')]
    await updateKeystoneUser(direct, ann, { name: `${story.customerId}_elsewhere` })
    await updateKeystoneUser(direct, tom, { name: `${story.customerId}_${scene.mail('ann')}` })
    await story.tell(scene.disabled(10, 'ann'))
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('a user who was renamed by hand and is deleted then loses everything', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    const tom = await story.userThere('tom')
    await updateKeystoneUser(direct, tom, { name: `somebody_else_${story.customerId}` })
    await story.tell(scene.userGone(10, 'tom'))
    await story.follow()
    expect(await story.differences()).toEqual(equal)
    const { user } = (await direct.call({ method: 'GET', path: `/users/${tom.id}`, expect: 200 })) as {
      user: { enabled: boolean }
    }
    expect(user.enabled).toBe(false)
  })

  it('a membership ends in time although something else keeps the project from being as it should be', async () => {
    const story = await begin()
    const name = `${story.customerId}_${scene.mail('eve')}`
    await direct.call({ method: 'POST', path: '/users', body: { user: { name } }, expect: 201 })
    await story.tell(scene.user(9, 'eve', 'tech'), scene.grant(10, 'eve', 'web', ['full']))
    // By now it is tried once an hour.
    for (let attempt = 0; attempt < 12; attempt++) {
      await story.openstack.sweep()
      story.advance(3_700_000)
    }
    const expiresAt = new Date(story.now().getTime() + 1_800_000).toISOString()
    await story.tell(scene.grant(11, 'tom', 'web', ['full'], { expiresAt }))
    await story.openstack.sweep()
    expect(await story.recordOf('web')).toMatchObject({ state: 'failed' })
    expect((await story.differences()).missing.join()).not.toContain('tom')
    story.advance(1_801_000)
    await story.openstack.sweep()
    expect((await story.differences()).extra).toEqual([])
  })
})

describe('what others write in Keystone', () => {
  it('becomes part of no key: neither does a project stay pending, nor is a user’s collection written to', async () => {
    const story = await begin()
    const { customerId, table } = story
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    const tom = (await findByEmail(table, customerId, scene.mail('tom'))) ?? ''
    const body = { user: { name: `${customerId}_${scene.mail('kim')}`, latchkey_user_id: 'a#b' } }
    await direct.call({ method: 'POST', path: '/users', body, expect: 201 })
    const tags = ['latchkey', `latchkey:${customerId}#U#${tom}:zz`]
    const project = { name: `${customerId}_shop`, tags }
    await direct.call({ method: 'POST', path: '/projects', body: { project }, expect: 201 })
    await story.tell(
      scene.user(10, 'kim', 'tech'),
      scene.grant(11, 'kim', 'web', ['full']),
      scene.project(12, 'shop'),
    )
    for (let time = 0; time < 3; time++) await story.openstack.sweep()
    expect(await findFanOutPending(table, customerId)).toBeUndefined()
    expect((await findUserWithGrants(table, customerId, tom)).user?.id).toBe(tom)
    expect(await story.recordOf('shop')).toMatchObject({ state: 'failed' })
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
