import { describe, expect, it } from 'vitest'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { findProjectNamed, membersOf } from '../support/keystone/ks.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'

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
    return {
      ...acme,
      sweep: () => acme.sweep(2),
      membersNamed: async (name: string) =>
        (await membersOf(keystone, (await acme.keystoneProject(name)).id)).join(),
    }
  }
  it('a name: an error of the project, also where two are alike; the others continue, and a rename resolves it', async () => {
    const { deliver, sweep, expectFailed, expectReady, change, openstack, driftEvents, advance } =
      await begin()
    await deliver(
      scene.project.created(5, 'shop 💥'),
      scene.project.created(6, 'shop 🚀'),
      scene.project.created(7, 'plain'),
    )
    await sweep()
    await expectFailed('shop 💥', lost('name'))
    await expectFailed('shop 🚀', lost('name', '"🚀" (U+1F680)'))
    // Neither is repaired as drift, and the next attempt has the same error.
    await openstack.fullSync({ now: true })
    advance(30_000)
    await sweep()
    expect(await driftEvents()).toEqual([])
    await expectFailed('shop 💥', lost('name'))
    await change('shop 💥', { name: 'shop' })
    await change('shop 🚀', { name: 'other shop' })
    await sweep()
    await expectReady('shop', 'other shop', 'plain', 'web')
  })

  it('a new name: members stay in sync', async () => {
    const { deliver, sweep, expectFailed, expectReady, change, recordOf } = await begin()
    await change('web', { name: 'web 💥' })
    await deliver(scene.membership.granted(6, 'tom', 'web'))
    await sweep()
    await expectFailed('web 💥', lost('name'))
    const keystoneId = (await recordOf('web 💥'))?.keystoneId ?? ''
    expect((await membersOf(keystone, keystoneId)).join()).toContain(scene.mail('tom'))
    await change('web 💥', { name: 'web' })
    await sweep()
    await expectReady('web')
  })

  it('a description: the project exists with its members and an error', async () => {
    const { deliver, sweep, expectFailed, expectReady, change, membersNamed, ...acme } = await begin()
    await deliver(scene.project.created(5, 'new'))
    await change('new', { description: 'our 🚀 and 💥' })
    await change('web', { description: 'x 💥 y' })
    await deliver(scene.membership.granted(6, 'tom', 'new'), scene.membership.granted(7, 'tom', 'web'))
    await sweep()
    await expectFailed('new', lost('description', '"🚀" (U+1F680)'))
    await expectFailed('web', lost('description'))
    for (const name of ['new', 'web']) expect(await membersNamed(name)).toContain(scene.mail('tom'))
    await acme.openstack.fullSync({ now: true })
    expect(await acme.driftEvents()).toEqual([])
    await change('new', { description: 'our €' })
    await change('web', { description: undefined })
    await sweep()
    await expectReady('new', 'web')
    const found = await findProjectNamed(keystone, 'default', `${acme.customerId}_new`)
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
