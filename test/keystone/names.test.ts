import { describe, expect, it } from 'vitest'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'
import * as ks from '../support/keystone/ks.ts'

// To this Keystone's database names that differ by case, accents or a space at the end are one.

const engine = await startTestEngine()
const own = await ownKeystone()
const keystone = connectTo(own.variables)
const domainId = 'default'

/** A customer with a project `cafe`; `sweep` skips no pause. */
async function begin(variables: Record<string, string> = {}) {
  const acme = await startCustomer(engine, keystone, { variables })
  const { customerId } = acme
  await acme.settle(scene.project.created(4, 'cafe'))
  return {
    ...acme,
    sweep: () => acme.sweep(3),
    expectClash: (desired: string, sibling: string) =>
      acme.expectFailed(
        desired,
        `the name "${customerId}_${desired}" is taken by the project "${sibling}", which OpenStack does not tell apart: rename one of them`,
      ),
    namesThere: async () => {
      const tagged = await ks.listProjectsTagged(keystone, 'latchkey')
      const names = tagged.filter(({ enabled }) => enabled).map(({ name }) => name)
      const prefix = `${customerId}_`
      return names.flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])).toSorted()
    },
  }
}

describe('two projects of a customer with the same name to Keystone', () => {
  it('the second one waits with an error that names the first, the first one stays, and a rename ends the wait at once', async () => {
    const { deliver, sweep, expectReady, expectClash, change, keystoneProject, ...acme } = await begin()
    const first = await keystoneProject('cafe')
    await deliver(scene.project.created(5, 'café'), scene.membership.granted(6, 'tom', 'café'))
    await sweep()
    await expectClash('café', 'cafe')
    expect(await acme.namesThere()).toEqual(['cafe', 'web'])
    expect(await keystoneProject('cafe')).toEqual(first)
    const { projectId } = await acme.refOf('café')
    expect(await ks.listProjectsTagged(keystone, `latchkey:${acme.customerId}:${projectId}`)).toEqual([])
    expect(await ks.membersOf(keystone, first.id)).not.toContain(`${acme.customerId}_${scene.mail('tom')}`)
    await change('cafe', { name: 'bar' })
    await sweep()
    await expectReady('bar', 'café', 'web')
    expect((await keystoneProject('bar')).id).toBe(first.id)
  })

  it('one that is renamed so keeps its name in Keystone and its members are in sync, until it is renamed again', async () => {
    const { deliver, sweep, expectReady, expectClash, change, keystoneProject } = await begin()
    await change('web', { name: 'CAFÉ' })
    await deliver(scene.membership.granted(6, 'tom', 'web'))
    await sweep()
    await expectClash('CAFÉ', 'cafe')
    const there = await keystoneProject('web')
    expect((await ks.membersOf(keystone, there.id)).join()).toContain(scene.mail('tom'))
    await change('CAFÉ', { name: 'web 2' })
    await sweep()
    await expectReady('web 2', 'cafe')
    expect((await keystoneProject('web 2')).id).toBe(there.id)
  })

  it.each(['disable', 'delete'])('a deletion ends the wait at once: %s', async (how) => {
    const { deliver, sweep, expectReady, expectClash } = await begin({ OS_PROJECT_DELETE: how })
    await deliver(scene.project.created(5, 'café'))
    await sweep()
    await expectClash('café', 'cafe')
    await deliver(scene.project.deleted(6, 'cafe'))
    await sweep()
    await expectReady('café', 'web')
  })

  it('names can be swapped, and the own one spelt differently', async () => {
    const { deliver, sweep, expectReady, change, untilSettled, namesThere } = await begin()
    await deliver(scene.project.created(5, 'thé'))
    await untilSettled()
    await change('cafe', { name: 'between' })
    await change('thé', { name: 'café' })
    await change('between', { name: 'the' })
    await sweep()
    await expectReady('café', 'the', 'web')
    await change('café', { name: 'Cafe' })
    await sweep()
    await expectReady('Cafe', 'the', 'web')
    expect(await namesThere()).toEqual(['Cafe', 'the', 'web'])
  })
})

describe('a name of others', () => {
  it('of a project, spelt differently, is an error without its id, stays, and is taken once it is free', async () => {
    const { deliver, sweep, recordOf, customerId, lines, advance, expectReady, expectFailed, ...acme } =
      await begin()
    const made = await ks.makeProject(keystone, `${customerId}_SHÖP`)
    await deliver(scene.project.created(5, 'shop'))
    await sweep()
    await expectFailed(
      'shop',
      `the name "${customerId}_shop" is taken by another project in OpenStack, "${made.name}", which OpenStack does not tell apart: rename this project, or have the other one renamed`,
    )
    expect(JSON.stringify(await recordOf('shop'))).not.toContain(made.id)
    expect(lines.map(({ fields }) => fields?.error).join()).toContain(made.id)
    expect(await ks.findProjectNamed(keystone, domainId, made.name)).toEqual(made)
    expect(await ks.listAssignments(keystone, { projectId: made.id })).toEqual([])
    await acme.openstack.fullSync({ now: true })
    expect(await ks.findProjectNamed(keystone, domainId, made.name)).toEqual(made)
    await ks.deleteKeystoneProject(keystone, made.id)
    advance(6_000)
    await sweep()
    await expectReady('shop', 'web')
  })

  it('of a user, spelt differently, is an error of the project, and the others are in it', async () => {
    const { deliver, sweep, customerId, keystoneProject, advance, expectReady, expectFailed } = await begin()
    const name = `${customerId}_${scene.mail('EVE')}`
    await ks.makeUser(keystone, { name })
    await deliver(scene.user.created(5, 'eve', 'tech'), scene.membership.granted(6, 'eve', 'cafe'))
    await sweep()
    const error = `the name "${customerId}_${scene.mail('eve')}" is taken by another user in OpenStack, "${name}", which OpenStack does not tell apart: change the user's e-mail address, or have the other one renamed`
    await expectFailed('cafe', error)
    const stranger = await ks.findUserNamed(keystone, domainId, name)
    const inIt = await ks.listAssignments(keystone, { projectId: (await keystoneProject('cafe')).id })
    expect(inIt.map(({ principal }) => principal.name)).toContain(`${customerId}_${scene.mail('owner')}`)
    expect(inIt.map(({ principal }) => principal.id)).not.toContain(stranger?.id)
    await keystone.call({ method: 'DELETE', path: ks.pathTo('users', stranger?.id ?? ''), expect: 204 })
    advance(6_000)
    await sweep()
    await expectReady('cafe', 'web')
  })

  it('of a role will do if policies take it for the same', async () => {
    const { deliver, sweep, expectFailed, keystoneProject } = await begin()
    const [sameToPolicies, other] = [
      await ks.createRole(keystone, 'DNS_Read'),
      await ks.createRole(keystone, 'volume_réad'),
    ]
    await expect(ks.createRole(keystone, 'àdmin')).rejects.toMatchObject({ code: 'conflict', what: 'role' })
    expect((await ks.listRoles(keystone)).map(({ name }) => name)).not.toContain('àdmin')
    await deliver(scene.membership.granted(6, 'tom', 'cafe', ['dns:read', 'volume:read']))
    await sweep()
    const roles = (await ks.listAssignments(keystone, { projectId: (await keystoneProject('cafe')).id })).map(
      ({ role }) => role.id,
    )
    expect(roles).toContain(sameToPolicies.id)
    expect(roles).not.toContain(other.id)
    const error =
      'OpenStack takes another role for "volume_read", which is needed: have the other one renamed'
    await expectFailed('cafe', error)
    await keystone.call({ method: 'DELETE', path: ks.pathTo('roles', other.id), expect: 204 })
  })
})

describe('a look-up', () => {
  it('by name finds the exact name, which may differ from the name’s holder', async () => {
    const made = await ks.makeProject(keystone, 'LOOK_straße')
    const find = (name: string) =>
      Promise.all([
        ks.findProjectNamed(keystone, domainId, name),
        ks.findProjectHolding(keystone, domainId, name),
      ])
    expect(await find('LOOK_straße')).toEqual([made, made])
    for (const name of ['LOOK_strase', 'look_STRASE ']) expect(await find(name)).toEqual([undefined, made])
    expect(await find('LOOK_strasse')).toEqual([undefined, undefined])
    const user = { domainId, name: 'LOOK_ann@a.example', enabled: true, latchkeyUserId: 'usr_01LOOK' }
    const ann = await ks.createKeystoneUser(keystone, user)
    expect(await ks.findUserNamed(keystone, domainId, 'look_ann@a.example')).toBeUndefined()
    expect(await ks.listKeystoneUsers(keystone, domainId, 'look_')).toEqual([])
    expect(await ks.listKeystoneUsers(keystone, domainId, 'LOOK_')).toEqual([ann])
    const other = { ...user, name: 'LOOK_ANN@a.example', latchkeyUserId: 'usr_01look' }
    await expect(ks.createKeystoneUser(keystone, other)).rejects.toMatchObject({
      code: 'conflict',
      holder: ann,
    })
  })

  it('by tag finds the exact tag', async () => {
    const tags = ['latchkey', 'latchkey:LOOK:prj_01ABC']
    const make = (name: string, its: string[]) =>
      ks.makeProject(keystone, name, { tags: its, identity: its[1] ?? '' })
    const made = await make('LOOK_tagged', tags)
    await make(
      'LOOK_lower',
      tags.map((tag) => tag.toLowerCase()),
    )
    expect(await ks.listProjectsTagged(keystone, 'latchkey:LOOK:prj_01ABC')).toEqual([made])
    expect(await ks.listProjectsTagged(keystone, 'LATCHKEY')).toEqual([])
  })
})
