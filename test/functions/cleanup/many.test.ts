import { expect, test } from 'vitest'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { mainGrantCopy } from '../../../shared/domain/entities/user.ts'
import { grantItem } from '../../../shared/records/grants.ts'
import { createMeter } from '../../bench/meter.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong } from '../../support/long.ts'
import { allEvents } from '../provisioning/replay.ts'
import { killEach, startCleanup } from './bare-cleanup.ts'
import { customerId, grantOf, readUser, storedGrantsOf, storeUser } from './stored.ts'

const engine = await startTestEngine()
const count = isLong ? 3000 : 900
const contended = isLong ? 1000 : 400

async function start() {
  const name = await engine.createTable()
  return { name, ...startCleanup(engine, name) }
}

type Started = Awaited<ReturnType<typeof start>>

/** No grant is left, and the audit trail has the removal of each exactly once. */
async function expectGone({ table }: Started, userIds: string[], each: number) {
  for (const userId of userIds) {
    expect([...(await storedGrantsOf(table, userId))]).toEqual([])
    expect((await readUser(table, userId)).cleanupSince).toBeUndefined()
  }
  const changes = (await allEvents(table, customerId)).flatMap((event) => event.changes)
  expect(changes.every(({ before, after }) => before && !after)).toBe(true)
  expect(changes).toHaveLength(userIds.length * each)
  expect(new Set(changes.map(({ resource }) => resource.id)).size).toBe(changes.length)
}

test('many grants go within one invocation, for at most one request a sixty, and 3 write units on the table each', async () => {
  const worker = await start()
  const key = await storeUser(worker.table, 'usr_1', count)
  const usage = await createMeter(worker.client)(() => worker.trigger(key))
  expect(usage.requests).toBeLessThanOrEqual(count / 60)
  expect(usage.writeUnits / count).toBeLessThanOrEqual(3)
  expect(usage.indexWriteUnits / count).toBeLessThanOrEqual(2.1)
  await expectGone(worker, ['usr_1'], count)
})

test.each([
  [isLong ? 3000 : 600, 'after each transaction', () => 'after' as const],
  [
    isLong ? 1000 : 300,
    'before and after transactions',
    (nth: number) => (nth % 2 === 0 ? 'after' : 'before'),
  ],
] as const)('%i grants go, however often it is killed: %s', async (many, _name, when) => {
  const worker = await start()
  const key = await storeUser(worker.table, 'usr_1', many)
  const kills = killEach(worker.client, when)
  let runs = 0
  while ((await readUser(worker.table, 'usr_1')).cleanupSince !== undefined) {
    expect(++runs).toBeLessThan(100)
    expect(await worker.trigger(key)).toBe(false)
  }
  expect(kills.transactions()).toBe(runs)
  expect(runs).toBeGreaterThanOrEqual(many / 100)
  kills.stop()
  expect(await worker.trigger(key)).toBe(true)
  await expectGone(worker, ['usr_1'], many)
})

test('the sweeper continues what is too much for one invocation', async () => {
  const many = isLong ? 1500 : 600
  const name = await engine.createTable()
  // Every look at the clock takes ten seconds.
  let at = new Date('2026-08-03T00:00:00Z').getTime()
  const slow = startCleanup(engine, name, () => new Date((at += 10_000)))
  const key = await storeUser(slow.table, 'usr_1', many)
  expect(await slow.trigger(key)).toBe(true)
  const left = (await storedGrantsOf(slow.table, 'usr_1')).size
  expect(left).toBeLessThan(many)
  expect(left).toBeGreaterThan(0)
  for (let sweeps = 0; (await readUser(slow.table, 'usr_1')).cleanupSince !== undefined; sweeps++) {
    expect(sweeps).toBeLessThan(50)
    expect(await slow.sweep()).toBe(1)
  }
  await expectGone({ name, ...slow }, ['usr_1'], many)
  expect(slow.logged).toEqual([])
})

test('an audit event and a transaction stay below the limits, with the longest reasons', async () => {
  const worker = await start()
  const longest: Partial<StoredGrant> = {
    reason: '𝄞'.repeat(500),
    stamp: `2026-08-01T00:00:00.000000000Z#${'a'.repeat(128)}#${'b'.repeat(60)}`,
    roles: Array.from({ length: 28 }, (_, place) => `orchestration:operate${place}`),
  }
  const key = await storeUser(worker.table, 'usr_1', 300, { terms: longest })
  let largest = 0
  let most = 0
  worker.client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName === 'TransactWriteItemsCommand') {
        const { TransactItems } = args.input as { TransactItems: { Put?: unknown }[] }
        most = Math.max(most, TransactItems.length)
        for (const { Put } of TransactItems)
          largest = Math.max(largest, Buffer.byteLength(JSON.stringify(Put ?? '')))
      }
      return next(args)
    },
    { step: 'build' },
  )
  expect(await worker.trigger(key)).toBe(true)
  expect(largest).toBeGreaterThan(200_000)
  expect(largest).toBeLessThan(400_000)
  expect(most).toBeLessThanOrEqual(100)
  await expectGone(worker, ['usr_1'], 300)
})

test('the stored grant of Main and its copy go together, wherever the process is killed', async () => {
  const worker = await start()
  const main = { ...grantOf('usr_1', 0), resource: { kind: 'project', id: mainProjectId } } as const
  const key = await storeUser(worker.table, 'usr_1', 200, { user: { mainGrant: mainGrantCopy(main) } })
  await worker.table.transact([{ put: grantItem(main), expectedVersion: 'absent' }])
  killEach(worker.client, (nth) => (nth % 2 === 0 ? 'after' : 'before'))
  for (let runs = 0; runs < 8; runs++) {
    await worker.trigger(key)
    const isStored = (await storedGrantsOf(worker.table, 'usr_1')).has(`project/${mainProjectId}`)
    const { mainGrant, cleanupSince } = await readUser(worker.table, 'usr_1')
    expect({ isStored, cleanupSince }).toEqual({
      isStored: mainGrant !== undefined,
      cleanupSince: isStored ? cleanupSince : undefined,
    })
  }
  await expectGone(worker, ['usr_1'], 201)
})

test('several at the same time, in one batch of records', async () => {
  const worker = await start()
  const users = Array.from({ length: isLong ? 12 : 6 }, (_, place) => `usr_${place}`)
  const changed = await Promise.all(users.map((userId) => storeUser(worker.table, userId, 200)))
  expect(await worker.trigger(...changed)).toBe(true)
  await expectGone(worker, users, 200)
})

test.each([2, 4])('%i workers at once remove each grant once, and none of them fails', async (workers) => {
  const first = await start()
  const key = await storeUser(first.table, 'usr_1', contended)
  const all = [first, ...Array.from({ length: workers - 1 }, () => startCleanup(engine, first.name))]
  expect(await Promise.all(all.map((worker) => worker.trigger(key)))).toEqual(all.map(() => true))
  await expectGone(first, ['usr_1'], contended)
  expect(all.flatMap(({ logged }) => logged)).toEqual([])
})
