import { expect, test } from 'vitest'
import { readFacts } from '../../../shared/directory/facts/read-facts.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { holderNow, lastGone } from '../../../shared/domain/entities/claim.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { asClaim } from '../../../shared/records/claims.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import { itemsIn, tableWith } from '../../support/table-copies.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { minute, second, stoppedClock } from '../provisioning/clock.ts'
import { viewDirectory } from '../provisioning/directory-view.ts'
import { allEvents } from '../provisioning/replay.ts'
import * as sceneParts from '../provisioning/scene.ts'
import { readUser, storedGrantsOf } from './stored.ts'

const { anns, customer, customerId, mail, membership, project, server, user, withId } = sceneParts
const engine = await startTestEngine()

/** Two users with a grant on everything, and tombstones of earlier grants. */
const scene: TimedEvent[] = [
  customer.created,
  ...['ann', 'bob'].map((name, place) => user.created(1 + place, name, 'tech', { main: true })),
  ...['web', 'shop', 'old'].map((name, place) => project.created(3 + place, name)),
  ...['vm1', 'vm2', 'vm3'].map((id, place) => server.created(6 + place, id)),
  ...['ann', 'bob'].flatMap((name, place) =>
    [
      membership.granted(10, name, 'web', ['compute:read']),
      membership.granted(11, name, 'shop'),
      membership.granted(12, name, 'old', ['dns:read']),
      membership.revoked(13, name, 'old'),
      server.assigned(14, name, 'vm1', ['power']),
      server.assigned(15, name, 'vm2'),
      server.assigned(16, name, 'vm3'),
      server.unassigned(17, name, 'vm3'),
    ].map((it) => withId(`${it.id}_${place}`, it)),
  ),
]

type Row = [
  name: string,
  cause: TimedEvent[],
  rights: [user: string, action: string, on: string],
  left: { ann: string[]; bob: string[] },
]
const back = withId('back', server.created(40, 'vm1'))
const anew = withId('anew', anns.assigned(41))
const readsWeb = (name: string): Row[2] => [name, 'compute.read', 'project web']
const powersVm1 = (name: string): Row[2] => [name, 'server.power', 'server vm1']
const mainOnly = ['project main']
const both = (left: string[]) => ({ ann: left, bob: left })
const everything = ['project web', 'project shop', 'project main', 'server vm1', 'server vm2']
const without = (...names: string[]) => everything.filter((name) => !names.includes(name)).sort()

const rows: Row[] = [
  ['a user deleted', [anns.deleted(30)], readsWeb('ann'), { ann: [], bob: without() }],
  ['a user made billing', [anns.became(30, 'billing')], readsWeb('ann'), { ann: mainOnly, bob: without() }],
  [
    'a user who became billing and is tech again',
    [anns.became(30, 'billing'), anns.became(31, 'tech')],
    powersVm1('ann'),
    { ann: mainOnly, bob: without() },
  ],
  ['a project deleted', [project.deleted(30, 'web')], readsWeb('bob'), both(without('project web'))],
  ['a server deleted', [server.deleted(30, 'vm1')], powersVm1('bob'), both(without('server vm1'))],
  [
    'a server that came back, of which one got a newer assignment',
    [server.deleted(30, 'vm1'), back, anew],
    powersVm1('bob'),
    { ann: without(), bob: without('server vm1') },
  ],
  [
    'a server that is there, by a deletion that came late',
    [back, anew, server.deleted(30, 'vm1')],
    powersVm1('bob'),
    { ann: without(), bob: without('server vm1') },
  ],
]

const prepared = await startProvisioned(engine, { now: stoppedClock('2026-08-02T00:00:00Z').now })
await prepared.deliverAll(scene)
await prepared.stop()
const sceneItems = await itemsIn(engine, prepared.tableName)

async function start(cleansUp: boolean) {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const copied = { ...engine, createTable: () => tableWith(engine, sceneItems) }
  const service = await startProvisioned(copied, { now: clock.now, cleansUp })
  const [ann, bob, ...projects] = await Promise.all([
    ...['ann', 'bob'].map((name) => holderOf(service.table, keys.email(customerId, mail(name)))),
    ...['web', 'shop', 'old'].map((name) => holderOf(service.table, keys.projectName(customerId, name))),
  ])
  if (!ann || !bob) throw new Error('the scene has both')
  const names = new Map([[mainProjectId, 'main']])
  for (const [place, name] of ['web', 'shop', 'old'].entries()) names.set(String(projects[place]), name)
  /** Stored grants that aren't tombstones, by name. */
  const held = async (userId: string) =>
    [...(await storedGrantsOf(service.table, userId)).values()]
      .filter(({ revoked }) => !revoked)
      .map(({ resource: { kind, id } }) => `${kind} ${names.get(id) ?? id}`)
      .sort()
  const idOf = (name: string) => [...names].find(([, known]) => known === name)?.[0] ?? name
  return { ...service, clock, ids: { ann, bob }, held, idOf }
}

async function holderOf(table: Table, key: { pk: string; sk: string }): Promise<string | undefined> {
  const claim = asClaim(await table.get(key))
  return (holderNow(claim) ?? lastGone(claim))?.id
}

type Started = Awaited<ReturnType<typeof start>>

async function isAllowed({ table, clock, ids, idOf }: Started, [who, action, on]: Row[2]): Promise<boolean> {
  const [type = '', name = ''] = on.split(' ')
  const resource = { type, id: idOf(name) }
  const userId = who === 'ann' ? ids.ann : ids.bob
  const facts = await readFacts(table, { customerId, userId, resource, now: instantOf(clock.now()) })
  return decide(facts, action, resource).allowed
}

const removals = async ({ table }: Pick<Provisioned, 'table'>) =>
  (await allEvents(table, customerId)).filter(({ type }) => type === 'grants.removed')

const heldIn = async ({ held, ids }: Started) => ({ ann: await held(ids.ann), bob: await held(ids.bob) })

test.each(rows)(
  '%s is without its rights at once, and leaves nothing behind',
  async (_name, cause, right, left) => {
    const service = await start(false)
    expect(await isAllowed(service, right)).toBe(true)
    await service.deliverEach(cause)
    expect(await isAllowed(service, right)).toBe(false)
    const before = await viewDirectory(service.table)
    // No trigger reaches the worker: its sweeper finds the request within a minute.
    service.clock.move(59 * second)
    expect(await service.cleanup.sweep()).toBe(0)
    expect(await removals(service)).toEqual([])
    service.clock.move(second)
    expect(await service.cleanup.sweep()).toBe(1)
    expect(await heldIn(service)).toEqual(left)
    expect(await viewDirectory(service.table)).toEqual(before)
    expect(await isAllowed(service, right)).toBe(false)
    const removed = await removals(service)
    expect(removed).toHaveLength(1)
    service.clock.move(60 * minute)
    expect(await service.cleanup.sweep()).toBe(0)
    expect(await removals(service)).toEqual(removed)
    await service.stop()
  },
)

test.each(rows)('%s: the stream triggers the clean-up', async (_name, cause, _right, left) => {
  const service = await start(true)
  await service.deliverEach(cause)
  expect(await heldIn(service)).toEqual(left)
  expect(service.failures).toEqual([])
  await service.stop()
})

test('right after a start the sweeper continues what a crash has left', async () => {
  const service = await start(false)
  await service.deliverEach([anns.deleted(30)])
  expect(await service.cleanup.sweep(minute)).toBe(1)
  expect(await service.held(service.ids.ann)).toEqual([])
  await service.stop()
})

test('a batch has one audit event with the removed grants, actor and reason', async () => {
  const service = await start(true)
  await service.deliverEach([project.deleted(30, 'web'), server.deleted(31, 'vm1'), anns.deleted(32)])
  const events = (await removals(service)).toReversed()
  const { ann, bob } = service.ids
  expect(events).toHaveLength(3)
  for (const it of events) expect(it).toMatchObject({ customerId, actor: { kind: 'system', id: 'cleanup' } })
  expect(new Set(events.map(({ reason }) => reason))).toEqual(
    new Set(['the project was deleted', 'the server was deleted', 'the user was deleted']),
  )
  const removed = (reason: string) =>
    events.find((it) => it.reason === `the ${reason} was deleted`)?.changes ?? []
  const byId = (reason: string) => Object.fromEntries(removed(reason).map((each) => [each.resource.id, each]))
  const web = service.idOf('web')
  expect(byId('project')).toEqual({
    [`${web}/${ann}`]: {
      resource: { type: 'membership', id: `${web}/${ann}` },
      version: 2,
      before: {
        roles: ['compute:read'],
        source: 'webhook',
        stamp: expect.stringMatching(/^2026-08-01T00:10/),
      },
      origin: { grantedBy: 'webhook:orders', grantedAt: expect.any(String) },
    },
    [`${web}/${bob}`]: expect.objectContaining({ version: 2 }),
  })
  expect(Object.keys(byId('server')).sort()).toEqual([`vm1/${ann}`, `vm1/${bob}`].sort())
  // The user's own clean-up finds the tombstone of vm1, and the older ones.
  const [shop, old] = [service.idOf('shop'), service.idOf('old')]
  expect(Object.keys(byId('user')).sort()).toEqual(
    [`main/${ann}`, `${shop}/${ann}`, `${old}/${ann}`, `vm1/${ann}`, `vm2/${ann}`, `vm3/${ann}`].sort(),
  )
  expect(byId('user')[`${old}/${ann}`]).toMatchObject({ before: { revoked: true } })
  await service.stop()
})

test('a clean-up without orphaned grants makes no audit event', async () => {
  const service = await start(false)
  const events = [
    user.created(20, 'cleo', 'tech'),
    user.deleted(21, 'cleo'),
    project.created(22, 'empty'),
    project.deleted(23, 'empty'),
  ]
  await service.deliverEach(events)
  service.clock.move(minute)
  expect(await service.cleanup.sweep()).toBe(2)
  expect(await removals(service)).toEqual([])
  expect(await service.cleanup.sweep()).toBe(0)
  await service.stop()
})

test("a deleted user's copy of the grant of Main goes with the stored grant", async () => {
  const service = await start(true)
  expect((await readUser(service.table, service.ids.ann)).mainGrant).toBeDefined()
  await service.deliverEach([anns.deleted(30)])
  const { mainGrant, deleted, cleanupSince } = await readUser(service.table, service.ids.ann)
  expect({ mainGrant, cleanupSince }).toEqual({})
  expect(deleted).toBeDefined()
  await service.stop()
})

test('the tombstones of a deleted user and project keep their time to live', async () => {
  const service = await start(true)
  const goes = [keys.user(customerId, service.ids.ann), keys.project(customerId, service.idOf('web'))]
  await service.deliverEach([anns.deleted(30), project.deleted(31, 'web')])
  service.clock.move(minute)
  await service.cleanup.sweep()
  const items = await service.table.getMany(goes)
  for (const item of items) {
    expect(item).toMatchObject({
      ttl: Date.parse('2027-09-06T00:00:00Z') / 1000,
      deleted: expect.any(String),
    })
    expect(Object.keys(item ?? {})).not.toEqual(expect.arrayContaining(['cleanupSince']))
    expect(item?.dueAt).toBeUndefined()
  }
  await service.stop()
})
