import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { holderNow, lastGone } from '../../../shared/domain/entities/claim.ts'
import { withType } from '../../../shared/domain/entities/user-type.ts'
import { asClaim } from '../../../shared/records/claims.ts'
import { userItem } from '../../../shared/records/users.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { indexes } from '../../../shared/table/schema.ts'
import type { Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { interpose, interposeAt, recordsOf, startWorker } from '../provisioning/bare-worker.ts'
import { minute, stoppedClock } from '../provisioning/clock.ts'
import { viewDirectory } from '../provisioning/directory-view.ts'
import { allEvents } from '../provisioning/replay.ts'
import * as sceneParts from '../provisioning/scene.ts'
import { killEach, startCleanup } from './bare-cleanup.ts'
import { readUser, storedGrantsOf, storeUser } from './stored.ts'

const { anns, customer, customerId, mail, membership, project, server, user, withId } = sceneParts
const engine = await startTestEngine()

const ann = anns.created(1, 'tech')
const web = project.created(2, 'web')
const vm = withId('vm', server.created(2, 'vm1'))

/** Provisioning and the clean-up, each with a client of its own and triggered by the test alone. */
async function start(events: TimedEvent[]) {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const name = await engine.createTable()
  const worker = await startWorker(engine, clock.now, name)
  const apply = async (list: TimedEvent[]) => {
    await worker.record(list)
    for (const each of list) await worker.onStream({ Records: recordsOf([each]) })
  }
  await apply([customer.created, ...events])
  const cleanup = startCleanup(engine, name, clock.now)
  const keyOf = async (what: 'ann' | 'web' | 'vm1'): Promise<Key> => {
    if (what === 'vm1') return keys.server(customerId, what)
    const claimed = what === 'ann' ? keys.email(customerId, mail(what)) : keys.projectName(customerId, what)
    const id = await holderOf(worker.table, claimed)
    return what === 'ann' ? keys.user(customerId, id) : keys.project(customerId, id)
  }
  const stored = async () => {
    const grants = await storedGrantsOf(
      worker.table,
      await holderOf(worker.table, keys.email(customerId, mail('ann'))),
    )
    return [...grants.values()].map(({ revoked, roles, capabilities, resource }) =>
      [resource.kind, revoked ? 'revoked' : [...roles, ...capabilities].join(' ')].join(': '),
    )
  }
  return { clock, name, worker, apply, cleanup, keyOf, stored }
}

async function holderOf(table: Table, claimed: Key): Promise<string> {
  const claim = asClaim(await table.get(claimed))
  const holder = holderNow(claim) ?? lastGone(claim)
  if (!holder) throw new Error('it is there')
  return holder.id
}

type Row = [
  name: string,
  cause: TimedEvent,
  of: 'ann' | 'web' | 'vm1',
  meanwhile: TimedEvent[],
  states: string[],
  stored: string[],
]

const granted = [ann, web, vm, anns.granted(3), anns.assigned(4, ['power'])]
const older = anns.granted(20, ['dns:read'])
const newer = anns.granted(41, ['dns:read'])
const [deleted, billing] = [anns.deleted(30), anns.became(30, 'billing')]
const [projectEnds, serverEnds] = [project.deleted(30, 'web'), server.deleted(30, 'vm1')]
const back = withId('back', server.created(40, 'vm1'))
const becameTech = anns.became(40, 'tech')
const rescue = (at: number) => anns.assigned(at, ['rescue'])
const twice = ['applied', 'applied']
const allRevoked = ['project: revoked', 'server: revoked']
const rows: Row[] = [
  ['a grant older than the deletion of its user', deleted, 'ann', [older], ['superseded'], []],
  ['a grant newer than the deletion of its user', deleted, 'ann', [newer], ['waiting'], []],
  ['a revocation', deleted, 'ann', [anns.revoked(20)], ['superseded'], []],
  ['the end of its project', deleted, 'ann', [project.deleted(31, 'web')], ['applied'], []],
  [
    'a grant older than the end of its project',
    projectEnds,
    'web',
    [older],
    ['superseded'],
    ['server: view power'],
  ],
  [
    'an assignment newer than the deletion of its server, which came back',
    serverEnds,
    'vm1',
    [back, rescue(41)],
    twice,
    ['project: full', 'server: view rescue'],
  ],
  [
    'an assignment older than the deletion of its server, which came back',
    serverEnds,
    'vm1',
    [back, rescue(29)],
    ['applied', 'superseded'],
    ['project: full', 'server: revoked'],
  ],
  [
    'another type and a new grant',
    billing,
    'ann',
    [becameTech, newer],
    twice,
    ['project: dns:read', 'server: revoked'],
  ],
  [
    'a type that turns out to have been held between',
    anns.became(10, 'billing'),
    'ann',
    [billing, anns.became(20, 'tech')],
    ['applied', 'superseded'],
    allRevoked,
  ],
  ['the deletion of the user', billing, 'ann', [anns.deleted(40)], ['applied'], []],
  ['another name', billing, 'ann', [anns.renamed(40, 'Ann')], ['applied'], allRevoked],
]

test.each(rows)(
  'a change while a batch is on its way: %s',
  async (_name, cause, of, meanwhile, states, stored) => {
    const world = await start([...granted, cause])
    interpose(world.cleanup.client, () => world.apply(meanwhile))
    expect(await world.cleanup.trigger(await world.keyOf(of))).toBe(true)
    expect(await world.worker.statesOf(meanwhile)).toEqual(states)
    expect((await world.stored()).toSorted()).toEqual(stored)
    expect(world.cleanup.logged).toEqual([])
    // The plan and the commit agree.
    const changes = (await allEvents(world.worker.table, customerId))
      .filter(({ type }) => type === 'grants.removed')
      .flatMap((event) => event.changes)
    expect(new Set(changes.map(({ resource, version }) => `${resource.id} ${version}`)).size).toBe(
      changes.length,
    )
  },
)

test('a type that revokes less, while a batch of many is on its way: grants in effect again stay', async () => {
  const world = await start([])
  const types = [
    { type: 'customer-tech', at: '2026-07-01T00:00:00.000000000Z#a' },
    { type: 'customer-billing', at: '2026-08-01T00:30:00.000000000Z#b' },
  ] as const
  const key = await storeUser(world.worker.table, 'usr_1', 120, { user: { types, deleted: undefined } })
  interpose(world.cleanup.client, async () => {
    const read = await readUser(world.worker.table, 'usr_1')
    const earlier = { type: 'customer-billing', at: '2026-07-02T00:00:00.000000000Z#c' } as const
    const put = userItem({ ...read, types: withType(types, earlier) })
    await world.worker.table.transact([{ put, expectedVersion: read.version }])
  })
  expect(await world.cleanup.trigger(key)).toBe(true)
  const grants = [...(await storedGrantsOf(world.worker.table, 'usr_1')).values()]
  expect(grants.filter(({ revoked }) => !revoked)).toHaveLength(120)
  expect((await readUser(world.worker.table, 'usr_1')).cleanupSince).toBeUndefined()
})

const ends: [name: string, end: TimedEvent, of: Row[2], late: TimedEvent][] = [
  ['its user', anns.deleted(30), 'ann', older],
  ['its project', project.deleted(30, 'web'), 'web', older],
  ['its server', server.deleted(30, 'vm1'), 'vm1', rescue(20)],
]

test.each(ends)(
  'a grant that was planned before the end of %s cannot be committed after it, cleaned up or not',
  async (_name, end, of, late) => {
    const world = await start([ann, web, vm])
    const key = await world.keyOf(of)
    interposeAt(world.worker.client, late, async () => {
      const other = await startWorker(engine, world.clock.now, world.name)
      await other.record([end])
      await other.onStream({ Records: recordsOf([end]) })
      await world.cleanup.trigger(key)
    })
    await world.apply([late])
    expect(await world.worker.statesOf([end, late])).toEqual(['applied', 'superseded'])
    expect(await world.stored()).toEqual([])
  },
)

/** The index as it was, a moment ago: without the entries that it doesn't know yet. */
function lag(client: DynamoDBClient): () => void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      if ('IndexName' in args.input && args.input.IndexName === indexes.grantsByResource.name)
        Object.assign(result.output as object, { Items: [] })
      return result
    },
    { step: 'initialize', name: 'lag' },
  )
  return () => void client.middlewareStack.remove('lag')
}

test.each([
  ['a project', project.deleted(30, 'web'), 'web', ['server: view power']],
  ['a server', server.deleted(30, 'vm1'), 'vm1', ['project: full', 'server: revoked']],
] as const)(
  'a grant that the index did not list when %s was deleted is found a minute later',
  async (_name, cause, of, after) => {
    const world = await start([...granted, cause])
    const key = await world.keyOf(of)
    const catchUp = lag(world.cleanup.client)
    expect(await world.cleanup.trigger(key)).toBe(true)
    expect(await world.stored()).toEqual(['project: full', 'server: view power'])
    catchUp()
    expect(await world.cleanup.sweep()).toBe(0)
    world.clock.move(minute)
    expect(await world.cleanup.sweep()).toBe(1)
    expect(await world.stored()).toEqual(after)
    expect(await world.cleanup.sweep()).toBe(0)
  },
)

test('another deletion of a server has its own minute', async () => {
  const again = [back, rescue(41)]
  const world = await start([...granted, server.deleted(30, 'vm1'), ...again])
  world.clock.move(minute)
  await world.apply([withId('end', server.deleted(50, 'vm1'))])
  const catchUp = lag(world.cleanup.client)
  await world.cleanup.trigger(await world.keyOf('vm1'))
  catchUp()
  expect(await world.stored()).toEqual(['project: full', 'server: view rescue'])
  world.clock.move(minute)
  await world.cleanup.sweep()
  expect(await world.stored()).toEqual(['project: full', 'server: revoked'])
})

test('a failure fails its own record, and the next sweep, which tries all the others too', async () => {
  const bob = user.created(5, 'bob', 'tech')
  const world = await start([...granted, bob, membership.granted(6, 'bob', 'web')])
  const key = await world.keyOf('ann')
  const other = keys.user(customerId, await holderOf(world.worker.table, keys.email(customerId, mail('bob'))))
  await world.apply([anns.deleted(30), user.deleted(31, 'bob')])
  world.cleanup.client.middlewareStack.add(
    (next, context) => (args) => {
      const isAnns = JSON.stringify(args.input).includes(`"${key.pk}"`)
      if (context.commandName === 'TransactWriteItemsCommand' && isAnns) throw new Error('broken on purpose')
      return next(args)
    },
    { step: 'build', name: 'broken' },
  )
  world.clock.move(minute)
  await expect(world.cleanup.sweep()).rejects.toThrow('1 of 2 clean-ups could not be processed')
  expect((await storedGrantsOf(world.worker.table, other.pk.split('#').at(-1) ?? '')).size).toBe(0)
  expect(await world.stored()).toHaveLength(2)
  expect(await world.cleanup.trigger(other, key)).toBe(false)
  expect(world.cleanup.logged).toEqual(
    ['a due clean-up could not be processed', 'a stream record could not be processed'].map((message) => ({
      level: 'error',
      message,
      fields: { error: expect.stringMatching(/^Error\n/) },
    })),
  )
  world.cleanup.client.middlewareStack.remove('broken')
  expect(await world.cleanup.sweep()).toBe(1)
  expect(await world.stored()).toEqual([])
})

test('an item with nothing to clean up is read once and left alone', async () => {
  const world = await start(granted)
  const of = await Promise.all((['ann', 'web', 'vm1'] as const).map(world.keyOf))
  const kills = killEach(world.cleanup.client, () => 'never')
  expect(await world.cleanup.trigger(...of, keys.user(customerId, 'usr_gone'))).toBe(true)
  expect(kills.transactions()).toBe(0)
  expect((await viewDirectory(world.worker.table)).grants).toMatchObject({ 'ann web': 'full' })
})
