import { expect, it } from 'vitest'
import { findFullSync } from '../../shared/openstack/sync/full-sync-store.ts'
import { listEvents } from '../../shared/records/audit-events.ts'
import type { Table } from '../../shared/table/table.ts'
import { customer, customerId, mail, membership, project, user } from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare, type Sides } from '../support/keystone/equal.ts'
import { startSync } from '../support/keystone/sync.ts'
import { connectCounting, connectTo, ownKeystone } from '../support/keystone/shared.ts'
import * as ks from '../support/keystone/ks.ts'

const engine = await startTestEngine()

const events = [
  customer.created,
  user.created(1, 'ann', 'admin'),
  user.created(2, 'tom', 'tech'),
  user.created(3, 'eve', 'tech'),
  ...['web', 'shop', 'blog', 'old', 'calm'].map((name, index) => project.created(4 + index, name)),
  ...['web', 'shop', 'blog'].map((name, index) =>
    membership.granted(10 + index, 'tom', name, ['compute:operate']),
  ),
  membership.granted(14, 'eve', 'shop'),
  project.deleted(15, 'old'),
  user.deleted(16, 'eve'),
]

async function startScene(drift?: 'report') {
  const own = await ownKeystone()
  const { keystone, requests } = connectCounting(own.variables)
  const sync = await startSync(engine, { keystone, ...(drift && { drift }) })
  await sync.deliverEach(events)
  await sync.untilSettled()
  await sync.openstack.fullSync({ now: true })
  const plain = connectTo(own.variables)
  const named = async (name: string) =>
    found(await ks.findProjectNamed(plain, 'default', `${customerId}_${name}`))
  const who = async (name: string) =>
    found(await ks.findUserNamed(plain, 'default', `${customerId}_${mail(name)}`))
  return { ...sync, keystone: plain, requests, named, who }
}

function found<T>(thing: T | undefined): T {
  if (!thing) throw new Error('it is not there')
  return thing
}

const eventsOf = async (table: Table, type: string) =>
  (await listEvents(table, customerId, { limit: 200 })).items.filter((each) => each.type === type)

/** Changes by somebody who doesn't know this service. */
async function meddle({ keystone, named, who }: Awaited<ReturnType<typeof startScene>>) {
  const [web, shop, blog] = [await named('web'), await named('shop'), await named('blog')]
  const [tom, ann] = [await who('tom'), await who('ann')]
  const reader = await ks.createRole(keystone, 'reader')
  await ks.assignRole(keystone, { projectId: web.id, userId: tom.id, roleId: reader.id })
  const inShop = await ks.listAssignments(keystone, { projectId: shop.id })
  await ks.unassignRole(keystone, found(inShop.find(({ principal }) => principal.id === tom.id)))
  await ks.updateKeystoneProject(keystone, blog, { name: `${customerId}_mine`, enabled: false })
  await ks.updateKeystoneUser(keystone, ann, { enabled: false })
  await ks.updateKeystoneUser(keystone, tom, { name: 'somebody else' })
  const gone = (await ks.listProjectsTagged(keystone, 'latchkey')).find(({ name }) => /_prj_/.test(name))
  await ks.updateKeystoneProject(keystone, found(gone), { enabled: true })
}

async function strangersIn(keystone: ks.Keystone, projectId: string) {
  const theirs = await ks.makeProject(keystone, 'theirs', { enabled: false })
  const userId = await ks.makeUser(keystone, { name: 'stranger', enabled: false })
  const role = await ks.createRole(keystone, 'reader')
  for (const at of [projectId, theirs.id])
    await ks.assignRole(keystone, { projectId: at, userId, roleId: role.id })
  const others = async () => ({
    theirs: await ks.findProjectNamed(keystone, 'default', 'theirs'),
    stranger: await ks.findUserNamed(keystone, 'default', 'stranger'),
    roles: (await ks.listAssignments(keystone, {})).filter(({ principal }) => principal.id === userId),
  })
  return { others, before: await others() }
}

it('manual changes are repaired by one full sync, each with an event, and entities of others stay', async () => {
  const scene = await startScene()
  const { table, keystone, openstack, requests } = scene
  expect(await compare(table, keystone, customerId)).toSatisfy(areEqual)
  expect(await eventsOf(table, 'openstack.repaired')).toEqual([])
  const { others, before } = await strangersIn(keystone, (await scene.named('web')).id)
  await meddle(scene)
  expect(await compare(table, keystone, customerId)).not.toSatisfy(areEqual)

  await openstack.fullSync({ now: true })
  const sides = await compare(table, keystone, customerId)
  expect(without(sides.actual, 'stranger')).toEqual(sides.expected)
  expect(await others()).toEqual(before)
  const audited = await eventsOf(table, 'openstack.repaired')
  expect(audited.every(({ actor }) => actor.kind === 'system' && actor.id === 'openstack')).toBe(true)
  const ids = audited.flatMap(({ changes }) => changes.map(({ resource }) => resource.id))
  expect(new Set(ids).size).toBe(ids.length)
  // A role too many, one too few, a name, a project that was gone; and two users.
  expect(ids.map((id) => id.slice(0, 4)).toSorted()).toEqual(['prj_', 'prj_', 'prj_', 'prj_', 'usr_', 'usr_'])
  expect((await findFullSync(table))?.last).toMatchObject({ projects: 4, drift: 6 })

  requests.length = 0
  await openstack.fullSync({ now: true })
  expect(await eventsOf(table, 'openstack.repaired')).toHaveLength(audited.length)
  expect(requests).toHaveLength(4 + 3)
})

it('OS_DRIFT=report only reports, once for the same drift, also on the project', async () => {
  const scene = await startScene('report')
  const { table, keystone, openstack } = scene
  await meddle(scene)
  const before = await compare(table, keystone, customerId)
  await openstack.fullSync({ now: true })
  await openstack.fullSync({ now: true })
  expect(await compare(table, keystone, customerId)).toEqual(before)
  const audited = await eventsOf(table, 'openstack.drifted')
  const ids = audited.flatMap(({ changes }) => changes.map(({ resource }) => resource.id))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => id.startsWith('prj_')).length).toBeGreaterThanOrEqual(3)
  expect(ids.filter((id) => id.startsWith('usr_'))).toHaveLength(2)
  expect(await eventsOf(table, 'openstack.repaired')).toEqual([])
})

const areEqual = ({ expected, actual }: Sides) => JSON.stringify(expected) === JSON.stringify(actual)
const without = (lines: readonly string[], word: string) => lines.filter((line) => !line.includes(word))
