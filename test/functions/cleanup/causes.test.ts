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
import type { TimedEvent } from '../../support/timeline.ts'
import { minute, second, stoppedClock } from '../provisioning/clock.ts'
import { viewDirectory } from '../provisioning/directory-view.ts'
import { allEvents } from '../provisioning/replay.ts'
import {
  assign,
  becomes,
  born,
  customerId,
  grant,
  mail,
  named,
  project,
  projectGone,
  revoke,
  server,
  serverGone,
  unassign,
  user,
  userGone,
} from '../provisioning/scene.ts'
import { readUser, storedGrantsOf } from './stored.ts'

const engine = await startTestEngine()

/** Two users with a grant on everything, and tombstones of earlier grants. */
const scene: TimedEvent[] = [
  born,
  ...['ann', 'bob'].map((name, place) => user(1 + place, name, 'tech', { main: true })),
  ...['web', 'shop', 'old'].map((name, place) => project(3 + place, name)),
  ...['vm1', 'vm2', 'vm3'].map((id, place) => server(6 + place, id)),
  ...['ann', 'bob'].flatMap((name, place) =>
    [
      grant(10, name, 'web', ['compute:read']),
      grant(11, name, 'shop', ['full']),
      grant(12, name, 'old', ['dns:read']),
      revoke(13, name, 'old'),
      assign(14, name, 'vm1', ['power']),
      assign(15, name, 'vm2', []),
      assign(16, name, 'vm3', []),
      unassign(17, name, 'vm3'),
    ].map((it) => named(`${it.id}_${place}`, it)),
  ),
]

type Row = [
  name: string,
  cause: TimedEvent[],
  rights: [user: string, action: string, on: string],
  left: { ann: string[]; bob: string[] },
]
const everything = ['project web', 'project shop', 'project main', 'server vm1', 'server vm2']
const without = (...names: string[]) => everything.filter((name) => !names.includes(name)).sort()

const rows: Row[] = [
  [
    'a user deleted',
    [userGone(30, 'ann')],
    ['ann', 'compute.read', 'project web'],
    { ann: [], bob: without() },
  ],
  [
    'a user who became billing',
    [becomes(30, 'ann', 'billing')],
    ['ann', 'compute.read', 'project web'],
    { ann: ['project main'], bob: without() },
  ],
  [
    'a user who became billing and is tech again',
    [becomes(30, 'ann', 'billing'), becomes(31, 'ann', 'tech')],
    ['ann', 'server.power', 'server vm1'],
    { ann: ['project main'], bob: without() },
  ],
  [
    'a project deleted',
    [projectGone(30, 'web')],
    ['bob', 'compute.read', 'project web'],
    { ann: without('project web'), bob: without('project web') },
  ],
  [
    'a server deleted',
    [serverGone(30, 'vm1')],
    ['bob', 'server.power', 'server vm1'],
    { ann: without('server vm1'), bob: without('server vm1') },
  ],
  [
    'a server that came back, of which one got a newer assignment',
    [serverGone(30, 'vm1'), named('back', server(40, 'vm1')), named('anew', assign(41, 'ann', 'vm1', []))],
    ['bob', 'server.power', 'server vm1'],
    { ann: without(), bob: without('server vm1') },
  ],
  [
    'a server that is there, by a deletion that came late',
    [named('back', server(40, 'vm1')), named('anew', assign(41, 'ann', 'vm1', [])), serverGone(30, 'vm1')],
    ['bob', 'server.power', 'server vm1'],
    { ann: without(), bob: without('server vm1') },
  ],
]

async function start(cleansUp: boolean) {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const service = await startProvisioned(engine, { now: clock.now, cleansUp })
  await service.deliverAll(scene)
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

test.each(rows)('%s is without its rights before anything is cleaned up', async (_name, cause, right) => {
  const service = await start(false)
  expect(await isAllowed(service, right)).toBe(true)
  await service.deliverEach(cause)
  expect(await isAllowed(service, right)).toBe(false)
  expect(await removals(service)).toEqual([])
  await service.stop()
})

test.each(rows)('%s leaves nothing behind, and nothing else changes', async (_name, cause, right, left) => {
  const [service, uncleaned] = [await start(true), await start(false)]
  for (const each of [service, uncleaned]) await each.deliverEach(cause)
  expect(service.failures).toEqual([])
  expect({ ann: await service.held(service.ids.ann), bob: await service.held(service.ids.bob) }).toEqual(left)
  expect(await viewDirectory(service.table)).toEqual(await viewDirectory(uncleaned.table))
  expect(await isAllowed(service, right)).toBe(false)
  expect(service.failures).toEqual([])
  await Promise.all([service.stop(), uncleaned.stop()])
})

test.each(rows)(
  '%s: the sweeper finds a missed trigger within a minute',
  async (_name, cause, _right, left) => {
    const service = await start(false)
    await service.deliverEach(cause)
    service.clock.move(59 * second)
    expect(await service.cleanup.sweep()).toBe(0)
    expect(await removals(service)).toEqual([])
    service.clock.move(second)
    expect(await service.cleanup.sweep()).toBe(1)
    expect({ ann: await service.held(service.ids.ann), bob: await service.held(service.ids.bob) }).toEqual(
      left,
    )
    const removed = await removals(service)
    expect(removed).toHaveLength(1)
    expect(await service.cleanup.sweep()).toBe(0)
    service.clock.move(60 * minute)
    expect(await service.cleanup.sweep()).toBe(0)
    expect(await removals(service)).toEqual(removed)
    await service.stop()
  },
)

test('right after a start the sweeper continues what a crash has left', async () => {
  const service = await start(false)
  await service.deliverEach([userGone(30, 'ann')])
  expect(await service.cleanup.sweep(minute)).toBe(1)
  expect(await service.held(service.ids.ann)).toEqual([])
  await service.stop()
})

test('a batch has one audit event with the removed grants, actor and reason', async () => {
  const service = await start(true)
  await service.deliverEach([projectGone(30, 'web'), serverGone(31, 'vm1'), userGone(32, 'ann')])
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
    user(20, 'cleo', 'tech'),
    userGone(21, 'cleo'),
    project(22, 'empty'),
    projectGone(23, 'empty'),
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
  await service.deliverEach([userGone(30, 'ann')])
  const { mainGrant, deleted, cleanupSince } = await readUser(service.table, service.ids.ann)
  expect({ mainGrant, cleanupSince }).toEqual({})
  expect(deleted).toBeDefined()
  await service.stop()
})

test('the tombstones of a deleted user and project keep their time to live', async () => {
  const service = await start(true)
  const goes = [keys.user(customerId, service.ids.ann), keys.project(customerId, service.idOf('web'))]
  await service.deliverEach([userGone(30, 'ann'), projectGone(31, 'web')])
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
