import { describe, expect, it } from 'vitest'
import { deleteProject } from '../../shared/directory/delete-project.ts'
import { changeUserType } from '../../shared/directory/change-user-type.ts'
import type { Context, Plan } from '../../shared/directory/context.ts'
import { forceOwnership } from '../../shared/directory/force-ownership.ts'
import { tryToLink } from '../../shared/directory/identify.ts'
import { findByEmail } from '../../shared/directory/read-facts.ts'
import { updateProject } from '../../shared/directory/update-project.ts'
import { updateUser } from '../../shared/directory/update-user.ts'
import { instantOf, stampOf } from '../../shared/domain/instant.ts'
import { openstackView } from '../../shared/domain/openstack.ts'
import type { Project } from '../../shared/domain/project.ts'
import { listAssignments } from '../../shared/openstack/assignments.ts'
import { findProjectNamed, listProjectsTagged } from '../../shared/openstack/projects.ts'
import { listUsers } from '../../shared/openstack/users.ts'
import { commit } from '../../shared/table/commit.ts'
import { findCustomer } from '../../shared/table/customers.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import { findRecord, findSpreading } from '../../shared/table/openstack.ts'
import { listProjects } from '../../shared/table/projects.ts'
import { asUser } from '../../shared/table/users.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare } from '../support/keystone/equal.ts'
import { startFollowed } from '../support/keystone/followed.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import type { TimedEvent } from '../support/timeline.ts'

const { customerId, mail } = scene
const engine = await startTestEngine()

async function startScene(variables: Record<string, string> = {}) {
  const own = await ownKeystone()
  const keystone = connectTo(own.variables)
  let ahead = 0
  const now = () => new Date(Date.now() + ahead)
  const advance = (milliseconds: number) => void (ahead += milliseconds)
  const followed = await startFollowed(engine, { keystone, variables, now, advance, onStream: false })
  const { table } = followed
  await followed.deliverEach([
    scene.born,
    scene.user(1, 'ann', 'admin'),
    scene.user(2, 'tom', 'tech'),
    scene.project(3, 'web'),
    scene.project(4, 'shop'),
    scene.grant(5, 'tom', 'web', ['compute:operate', 'volume:read']),
  ])
  await followed.follow()

  async function projectNamed(name: string): Promise<Versioned<Project>> {
    const { items } = await table.queryPage({ partition: keys.customer(customerId).pk, prefix: 'PROJECT#' })
    const project = (items as unknown as Versioned<Project>[]).find(
      (each) => each.name === name && !each.deleted,
    )
    if (!project) throw new Error(`there is no ${name}`)
    return project
  }

  async function userNamed(name: string) {
    const id = await findByEmail(table, customerId, mail(name))
    const user = asUser(await table.get(keys.user(customerId, id ?? '')))
    if (!user) throw new Error(`there is no ${name}`)
    return user
  }

  return {
    ...followed,
    keystone,
    advance,
    projectNamed,
    userNamed,
    /** As an operator does it. */
    act: async (plan: (context: Context) => Plan | Promise<Plan>): Promise<void> => {
      const at = instantOf(now())
      const actor = { kind: 'operator', id: 'ops' } as const
      const planned = await plan({
        table,
        actor,
        stamp: stampOf(at, 'ops'),
        now: at,
        openstack: true,
        reason: 'test',
      })
      if (!planned.change) throw new Error('nothing changes')
      await commit(table, planned.change)
    },
    deliver: (...events: TimedEvent[]) => followed.deliverEach(events),
    stateOf: async (name: string) => {
      const project = await projectNamed(name)
      const customer = await findCustomer(table, customerId)
      if (!customer) throw new Error('there is no customer')
      const record = await findRecord(table, { customerId, projectId: project.id })
      return openstackView(project, customer, record, await findSpreading(table, customerId))
    },
    expectEqual: async (): Promise<void> => {
      const { should, is } = await compare(table, keystone, customerId)
      expect(is).toEqual(should)
    },
  }
}

describe('Keystone follows', () => {
  it('e-mail addresses, status, types, ownership, names and descriptions', async () => {
    const { act, follow, expectEqual, userNamed, projectNamed, stateOf, table } = await startScene()
    await expectEqual()
    await act(async (at) => updateUser(at, await userNamed('tom'), { email: mail('thomas') }))
    await act(async (at) =>
      updateProject(at, await projectNamed('web'), { name: 'Web/2.0', description: 'x' }),
    )
    await act(async (at) => updateUser(at, await userNamed('ann'), { status: 'disabled' }))
    expect(await stateOf('shop')).toMatchObject({ state: 'pending' })
    await follow()
    await expectEqual()
    await act(async (at) => updateUser(at, await userNamed('ann'), { status: 'active' }))
    await act(async (at) =>
      changeUserType(at, await userNamed('thomas'), { type: 'customer-admin', joinExisting: true }),
    )
    await follow()
    await expectEqual()
    await act(async (at) => changeUserType(at, await userNamed('ann'), { type: 'customer-billing' }))
    await follow()
    await expectEqual()
    expect(await stateOf('shop')).toMatchObject({ state: 'ready' })
    const customer = await findCustomer(table, customerId)
    if (!customer) throw new Error('there is no customer')
    const thomas = await userNamed('thomas')
    const login = { issuer: 'https://issuer.test', subject: 't', email: mail('thomas'), emailVerified: true }
    await tryToLink({ table, now: instantOf(table.now()) }, thomas, login)
    await act((at) => forceOwnership(at, customer, { to: thomas.id }))
    await follow()
    await expectEqual()
  })

  it('a suspension, the way back, and the end of a customer', async () => {
    const { deliver, follow, expectEqual, stateOf } = await startScene()
    for (const what of ['suspended', 'resumed', 'closed'] as const) {
      await deliver(scene.becomesCustomer(20 + ['suspended', 'resumed', 'closed'].indexOf(what), what))
      expect(await stateOf('shop')).toMatchObject({ state: 'pending' })
      await follow()
      await expectEqual()
    }
  })

  it('a deleted user, who keeps neither rights nor the name, and whoever has the address next', async () => {
    const { deliver, follow, expectEqual, keystone } = await startScene()
    await deliver(scene.userGone(10, 'tom'))
    await follow()
    await expectEqual()
    await deliver(scene.user(11, 'tom', 'tech'), scene.grant(12, 'tom', 'shop', ['dns:manage']))
    await follow()
    await expectEqual()
    const named = (await listUsers(keystone, 'default', `${customerId}_`)).filter(({ name }) =>
      name.endsWith(mail('tom')),
    )
    expect(named).toHaveLength(1)
    expect(await listUsers(keystone, 'default', `${customerId}_`)).toHaveLength(4)
  })

  it('a membership that expires, at that time', async () => {
    const { deliver, follow, expectEqual, advance, openstack, projectNamed, table, stateOf } =
      await startScene()
    const soon = new Date(table.now().getTime() + 3_600_000).toISOString()
    await deliver(scene.grant(10, 'tom', 'shop', ['full'], { expiresAt: soon }))
    await follow()
    await expectEqual()
    expect(await stateOf('shop')).toMatchObject({ state: 'ready' })
    const record = await findRecord(table, { customerId, projectId: (await projectNamed('shop')).id })
    expect(new Date(String(record?.due).slice(0, 23) + 'Z').toISOString()).toBe(soon)
    advance(3_600_001)
    await openstack.sweep()
    await expectEqual()
  })
})

describe('a deleted project', () => {
  it.each(['disable', 'delete'])(
    'is being deleted until OpenStack confirms, and then its name is free: %s',
    async (how) => {
      const { act, deliver, follow, expectEqual, projectNamed, keystone, table, stateOf, statusOf } =
        await startScene({
          OS_PROJECT_DELETE: how,
        })
      const web = await projectNamed('web')
      await act((at) => deleteProject(at, web))
      expect((await projectNamed('web')).status).toBe('deleting')
      expect(await stateOf('web')).toMatchObject({ state: 'pending' })
      const again = {
        ...scene.project(30, 'web'),
        timestamp: new Date(table.now().getTime() + 1000).toISOString(),
      }
      await deliver(again)
      expect(await statusOf(again.id)).toBe('waiting')
      await follow()
      expect(await statusOf(again.id)).toBe('applied')
      await follow()
      await expectEqual()
      const tagged = await listProjectsTagged(keystone, `latchkey:${customerId}:${web.id}`)
      expect(tagged.map(({ enabled, name }) => [enabled, name])).toEqual(
        how === 'delete' ? [] : [[false, `${customerId}_${web.id}`]],
      )
      for (const { id } of tagged) expect(await listAssignments(keystone, id)).toEqual([])
      expect((await findProjectNamed(keystone, 'default', `${customerId}_web`))?.enabled).toBe(true)
      expect((await projectNamed('web')).id).not.toBe(web.id)
      const { items } = await listProjects(table, customerId)
      expect(items.filter(({ id }) => id === web.id)).toEqual([])
      expect(await findRecord(table, { customerId, projectId: web.id })).toBeUndefined()
    },
  )
})
