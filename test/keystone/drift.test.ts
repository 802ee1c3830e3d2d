import { expect, it } from 'vitest'
import { assignRole, listAssignments } from '../../shared/openstack/keystone/assignments.ts'
import { type Keystone, pathTo } from '../../shared/openstack/keystone/client.ts'
import {
  createKeystoneProject,
  listProjectsTagged,
  updateKeystoneProject,
} from '../../shared/openstack/keystone/projects.ts'
import { createRole } from '../../shared/openstack/keystone/roles.ts'
import { updateKeystoneUser } from '../../shared/openstack/keystone/users.ts'
import { findFullSync } from '../../shared/openstack/sync/full-sync-store.ts'
import { listEvents } from '../../shared/records/audit-events.ts'
import type { Table } from '../../shared/table/table.ts'
import { customerId, event, mail, membership, project, user } from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { compare, type Sides } from '../support/keystone/equal.ts'
import { findProjectNamed, findUserNamed } from '../support/keystone/find.ts'
import { startSync } from '../support/keystone/sync.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'

const engine = await startTestEngine()

const events = [
  event(0, 'customer.created', {
    organisation: 'Bridge',
    mainCustomer: { name: 'Owner', email: mail('owner') },
  }),
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
  const requests: string[] = []
  const keystone = connectTo(own.variables, {
    observe: ({ method, path }) => void requests.push(`${method} ${path}`),
  })
  const sync = await startSync(engine, { keystone, ...(drift && { drift }) })
  await sync.deliverEach(events)
  await sync.untilSettled()
  await sync.openstack.fullSync({ now: true })
  const ks = connectTo(own.variables)
  const named = async (name: string) => found(await findProjectNamed(ks, 'default', `${customerId}_${name}`))
  const who = async (name: string) => found(await findUserNamed(ks, 'default', `${customerId}_${mail(name)}`))
  return { ...sync, keystone: ks, requests, named, who }
}

function found<T>(thing: T | undefined): T {
  if (!thing) throw new Error('it is not there')
  return thing
}

const eventsOf = async (table: Table, type: string) =>
  (await listEvents(table, customerId, { limit: 200 })).items.filter((each) => each.type === type)

/** Changes by somebody who doesn't know this service. */
async function meddle({ keystone, named, who }: Awaited<ReturnType<typeof startScene>>) {
  const [web, shop, blog, tom, ann] = await Promise.all([
    named('web'),
    named('shop'),
    named('blog'),
    who('tom'),
    who('ann'),
  ])
  const reader = await createRole(keystone, 'reader')
  await assignRole(keystone, { projectId: web.id, userId: tom.id, roleId: reader.id })
  const held = (await listAssignments(keystone, { projectId: shop.id })).find(
    ({ principal }) => principal.id === tom.id,
  )
  if (!held) throw new Error('tom is in the shop')
  const path = pathTo('projects', shop.id, 'users', tom.id, 'roles', held.role.id)
  await keystone.call({ method: 'DELETE', path, expect: 204 })
  await updateKeystoneProject(keystone, blog, { name: `${customerId}_mine`, enabled: false })
  await updateKeystoneUser(keystone, ann, { enabled: false })
  await updateKeystoneUser(keystone, tom, { name: 'somebody else' })
  const gone = (await listProjectsTagged(keystone, 'latchkey')).find(({ name }) => /_prj_/.test(name))
  await updateKeystoneProject(keystone, found(gone), { enabled: true })
  return { web, reader }
}

async function strangersIn(keystone: Keystone, projectId: string) {
  const theirs = await createKeystoneProject(keystone, {
    domainId: 'default',
    name: 'theirs',
    description: 'not ours',
    enabled: false,
    tags: [],
    identity: 'none',
  })
  const call = {
    method: 'POST' as const,
    path: '/users',
    body: { user: { name: 'stranger', enabled: false } },
    expect: 201 as const,
  }
  const { user: stranger } = (await keystone.call(call)) as { user: { id: string } }
  const role = await createRole(keystone, 'reader')
  for (const at of [projectId, theirs.id])
    await assignRole(keystone, { projectId: at, userId: stranger.id, roleId: role.id })
  const others = async () => ({
    theirs: await findProjectNamed(keystone, 'default', 'theirs'),
    stranger: await findUserNamed(keystone, 'default', 'stranger'),
    roles: [
      ...(await listAssignments(keystone, { projectId: theirs.id })),
      ...(await listAssignments(keystone, { projectId: projectId })),
    ].filter(({ principal }) => principal.id === stranger.id),
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
