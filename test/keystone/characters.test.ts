import { describe, expect, it } from 'vitest'
import { listAssignments } from '../../shared/openstack/keystone/assignments.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { findProjectNamed } from '../support/keystone/find.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { equal, startCustomer } from '../support/keystone/customer.ts'

// This Keystone's database has no room for characters of four bytes: by its mode it fails or keeps question marks.

const engine = await startTestEngine()
const modes = [
  ['that fails at them', undefined],
  ['that stores question marks', '[database]\nmysql_sql_mode ='],
] as const
const lost = (field: 'name' | 'description', character = '"💥" (U+1F4A5)') =>
  `OpenStack does not keep the character ${character} of the project's ${field}: give it a ${field} without it`

describe.each(modes)('a database %s', async (_, settings) => {
  const own = await ownKeystone(settings)
  const keystone = connectTo(own.variables, { attempts: 2 })

  async function begin() {
    const acme = await startCustomer(engine, keystone)
    const { openstack, recordOf, keystoneProject } = acme
    return {
      ...acme,
      sweep: async () => {
        for (let time = 0; time < 2; time++) await openstack.sweep()
      },
      expectLost: async (name: string, error: string) =>
        expect(await recordOf(name)).toMatchObject({ state: 'failed', error }),
      expectReady: async (...names: string[]) => {
        for (const name of names) expect([name, (await recordOf(name))?.state]).toEqual([name, 'ready'])
        expect(await acme.differences()).toEqual(equal)
      },
      membersOf: async (name: string) =>
        (await listAssignments(keystone, { projectId: (await keystoneProject(name)).id }))
          .map(({ principal }) => principal.name)
          .join(),
    }
  }

  it('a name: an error of the project, also where two are alike; the others continue, and a rename resolves it', async () => {
    const { deliver, sweep, expectLost, expectReady, change, openstack, driftEvents, advance } = await begin()
    await deliver(
      scene.project.created(5, 'shop 💥'),
      scene.project.created(6, 'shop 🚀'),
      scene.project.created(7, 'plain'),
    )
    await sweep()
    await expectLost('shop 💥', lost('name'))
    await expectLost('shop 🚀', lost('name', '"🚀" (U+1F680)'))
    // Neither is repaired as drift, and the next attempt has the same error.
    await openstack.fullSync({ now: true })
    advance(30_000)
    await sweep()
    expect(await driftEvents()).toEqual([])
    await expectLost('shop 💥', lost('name'))
    await change('shop 💥', { name: 'shop' })
    await change('shop 🚀', { name: 'other shop' })
    await sweep()
    await expectReady('shop', 'other shop', 'plain', 'web')
  })

  it('a new name: members stay in sync', async () => {
    const { deliver, sweep, expectLost, expectReady, change, recordOf } = await begin()
    await change('web', { name: 'web 💥' })
    await deliver(scene.membership.granted(6, 'tom', 'web'))
    await sweep()
    await expectLost('web 💥', lost('name'))
    const keystoneId = (await recordOf('web 💥'))?.keystoneId ?? ''
    const members = (await listAssignments(keystone, { projectId: keystoneId })).map(
      ({ principal }) => principal.name,
    )
    expect(members.join()).toContain(scene.mail('tom'))
    await change('web 💥', { name: 'web' })
    await sweep()
    await expectReady('web')
  })

  it('a description: the project exists with its members and an error', async () => {
    const { deliver, sweep, expectLost, expectReady, change, membersOf, customerId, openstack, driftEvents } =
      await begin()
    await deliver(scene.project.created(5, 'new'))
    await change('new', { description: 'our 🚀 and 💥' })
    await change('web', { description: 'x 💥 y' })
    await deliver(scene.membership.granted(6, 'tom', 'new'), scene.membership.granted(7, 'tom', 'web'))
    await sweep()
    await expectLost('new', lost('description', '"🚀" (U+1F680)'))
    await expectLost('web', lost('description'))
    for (const name of ['new', 'web']) expect(await membersOf(name)).toContain(scene.mail('tom'))
    await openstack.fullSync({ now: true })
    expect(await driftEvents()).toEqual([])
    await change('new', { description: 'our €' })
    await change('web', { description: undefined })
    await sweep()
    await expectReady('new', 'web')
    const found = await findProjectNamed(keystone, 'default', `${customerId}_new`)
    expect(found?.description).toBe('our €')
  })

  it('names and descriptions of maximum length with characters of three bytes are stored', async () => {
    const { deliver, sweep, expectReady, change } = await begin()
    const name = '€'.repeat(54)
    await deliver(scene.project.created(5, name))
    await change(name, { description: '項'.repeat(500) })
    await sweep()
    await expectReady(name)
  })
})
