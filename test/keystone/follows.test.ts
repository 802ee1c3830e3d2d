import { describe, expect, it } from 'vitest'
import type { Context, ChangePlan } from '../../shared/directory/change/change-plan.ts'
import { findByEmail } from '../../shared/directory/facts/decision-facts.ts'
import { tryToLink } from '../../shared/directory/logins/identify.ts'
import { forceOwnership } from '../../shared/directory/ownership/transfer-ownership.ts'
import { deleteProject } from '../../shared/directory/projects/delete-project.ts'
import { updateProject } from '../../shared/directory/projects/update-project.ts'
import { changeUserType } from '../../shared/directory/users/change-user-type.ts'
import { updateUser } from '../../shared/directory/users/update-user.ts'
import { instantOf, parseInstant, stampOf } from '../../shared/domain/values/instant.ts'
import { listAssignments } from '../../shared/openstack/keystone/assignments.ts'
import { listProjectsTagged } from '../../shared/openstack/keystone/projects.ts'
import { listKeystoneUsers } from '../../shared/openstack/keystone/users.ts'
import { findRecord } from '../../shared/openstack/sync/store.ts'
import { commit } from '../../shared/records/commit.ts'
import { findCustomer } from '../../shared/records/customers.ts'
import { asProject, listProjects } from '../../shared/records/projects.ts'
import { asUser } from '../../shared/records/users.ts'
import { keys } from '../../shared/table/keys.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'

const { mail } = scene
const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)

async function begin(variables: Record<string, string> = {}) {
  const acme = await startCustomer(engine, direct, { variables })
  const { table, customerId, now } = acme
  await acme.settle(
    scene.project.created(4, 'shop'),
    scene.membership.granted(5, 'tom', 'web', ['compute:operate', 'volume:read']),
  )
  return {
    ...acme,
    projectNamed: async (name: string) => {
      const { projectId } = await acme.refOf(name)
      const project = asProject(await table.get(keys.project(customerId, projectId)))
      if (!project) throw new Error(`there is no ${name}`)
      return project
    },
    userNamed: async (name: string) => {
      const id = await findByEmail(table, customerId, mail(name))
      const user = asUser(await table.get(keys.user(customerId, id ?? '')))
      if (!user) throw new Error(`there is no ${name}`)
      return user
    },
    /** As an operator does it. */
    act: async (plan: (context: Context) => ChangePlan | Promise<ChangePlan>): Promise<void> => {
      const at = instantOf(now())
      const actor = { kind: 'operator', id: 'ops' } as const
      const context = { table, actor, stamp: stampOf(at, 'ops'), now: at, openstack: true, reason: 'test' }
      const planned = await plan(context)
      if (!planned.change) throw new Error('nothing changes')
      await commit(table, planned.change)
    },
  }
}

describe('Keystone gets', () => {
  it('e-mail addresses, status, types, ownership, names and descriptions', async () => {
    const { act, userNamed, projectNamed, readyProjects, table, customerId, ...acme } = await begin()
    const { expectEqual, expectEqualInTheEnd } = acme
    await expectEqual()
    await act(async (at) => updateUser(at, await userNamed('tom'), { email: mail('thomas') }))
    await act(async (at) =>
      updateProject(at, await projectNamed('web'), { name: 'Web/2.0', description: 'x' }),
    )
    await act(async (at) => updateUser(at, await userNamed('ann'), { status: 'disabled' }))
    expect(await readyProjects()).not.toContain('shop')
    await expectEqualInTheEnd()
    await act(async (at) => updateUser(at, await userNamed('ann'), { status: 'active' }))
    await act(async (at) =>
      changeUserType(at, await userNamed('thomas'), { type: 'customer-admin', joinExisting: true }),
    )
    await expectEqualInTheEnd()
    await act(async (at) => changeUserType(at, await userNamed('ann'), { type: 'customer-billing' }))
    await expectEqualInTheEnd()
    expect(await readyProjects()).toContain('shop')
    const customer = await findCustomer(table, customerId)
    if (!customer) throw new Error('there is no customer')
    const thomas = await userNamed('thomas')
    const login = { issuer: 'https://issuer.test', subject: 't', email: mail('thomas'), emailVerified: true }
    await tryToLink({ table, now: instantOf(table.now()) }, thomas, login)
    await act((at) => forceOwnership(at, customer, { to: thomas.id }))
    await expectEqualInTheEnd()
  })

  it('a customer’s suspension, resumption and closing', async () => {
    const { deliver, expectEqualInTheEnd, readyProjects } = await begin()
    for (const what of ['suspended', 'resumed', 'closed'] as const) {
      await deliver(scene.event(20 + ['suspended', 'resumed', 'closed'].indexOf(what), `customer.${what}`))
      expect(await readyProjects()).not.toContain('shop')
      await expectEqualInTheEnd()
    }
  })

  it('a deleted user’s loss of rights and name, and the next user of the address', async () => {
    const { deliver, expectEqualInTheEnd, customerId } = await begin()
    await deliver(scene.user.deleted(10, 'tom'))
    await expectEqualInTheEnd()
    await deliver(
      scene.user.created(11, 'tom', 'tech'),
      scene.membership.granted(12, 'tom', 'shop', ['dns:manage']),
    )
    await expectEqualInTheEnd()
    const names = (await listKeystoneUsers(direct, 'default', `${customerId}_`)).map(({ name }) => name)
    expect(names.filter((name) => name.endsWith(mail('tom')))).toHaveLength(1)
    expect(names).toHaveLength(4)
  })

  it('the expiry of a membership, in time', async () => {
    const { deliver, advance, recordOf, table, readyProjects, ...acme } = await begin()
    const { expectEqual, expectEqualInTheEnd, openstack } = acme
    const soon = new Date(table.now().getTime() + 3_600_000).toISOString()
    await deliver(scene.membership.granted(10, 'tom', 'shop', ['full'], { expiresAt: soon }))
    await expectEqualInTheEnd()
    expect(await readyProjects()).toContain('shop')
    expect((await recordOf('shop'))?.due).toBe(parseInstant(soon))
    advance(3_600_001)
    await openstack.sweep()
    await expectEqual()
  })
})

describe('a deleted project', () => {
  it.each(['disable', 'delete'])(
    'is being deleted until OpenStack confirms, and then its name is free: %s',
    async (how) => {
      const { act, projectNamed, statusOf, customerId, table, ...acme } = await begin({
        OS_PROJECT_DELETE: how,
      })
      const web = await projectNamed('web')
      await act((at) => deleteProject(at, web))
      expect((await projectNamed('web')).status).toBe('deleting')
      expect(await acme.readyProjects()).not.toContain('web')
      const again = {
        ...scene.project.created(30, 'web'),
        timestamp: new Date(table.now().getTime() + 1000).toISOString(),
      }
      await acme.deliver(again)
      expect(await statusOf(again.id)).toBe('waiting')
      await acme.untilSettled()
      expect(await statusOf(again.id)).toBe('applied')
      await acme.expectEqualInTheEnd()
      const tagged = await listProjectsTagged(direct, `latchkey:${customerId}:${web.id}`)
      expect(tagged.map(({ enabled, name }) => [enabled, name])).toEqual(
        how === 'delete' ? [] : [[false, `${customerId}_${web.id}`]],
      )
      for (const { id } of tagged) expect(await listAssignments(direct, { projectId: id })).toEqual([])
      expect((await acme.keystoneProject('web')).enabled).toBe(true)
      expect((await projectNamed('web')).id).not.toBe(web.id)
      const { items } = await listProjects(table, customerId)
      expect(items.filter(({ id }) => id === web.id)).toEqual([])
      expect(await findRecord(table, { customerId, projectId: web.id })).toBeUndefined()
    },
  )
})
