import { expect, test } from 'vitest'
import { createOpenStack } from '../../../functions/openstack/worker.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findFanOutPending, findSyncRequest, listRecords } from '../../../shared/openstack/sync/store.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { stoppedClock } from '../provisioning/clock.ts'
import { becomesCustomer, born, customerId, disabled, project, user } from '../provisioning/scene.ts'
import { awayKeystone, mapping } from './bare-run.ts'

const engine = await startTestEngine()

/** A customer with three projects, and a worker whose Keystone is away. */
async function startAway() {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const { table, deliverEach, stop } = await startProvisioned(engine, { now: clock.now, openstack: true })
  await deliverEach([born, user(1, 'ann', 'tech'), ...[2, 3, 4].map((n) => project(n, `p${n}`))])
  const { keystone, asked } = awayKeystone()
  const lines: string[] = []
  const log = (_level: string, message: string) => void lines.push(message)
  const worker = createOpenStack({ table, keystone, mapping, drift: 'repair', log })
  const records = () => listRecords(table, customerId)
  const projectKeys = (await records()).map(({ projectId }) => keys.openstack(customerId, projectId))
  return {
    ...worker,
    table,
    clock,
    lines,
    asked,
    records,
    projectKeys,
    deliverEach,
    stop,
    later: (milliseconds: number) => addMilliseconds(instantOf(clock.now()), milliseconds),
    wake: (...woken: Key[]) =>
      worker.onStream({ Records: woken.map((key, place) => recordOf(key, 100 + place)) }),
  }
}

test('what the stream tells of stays due, and nothing of it comes again by the stream', async () => {
  const { wake, projectKeys, records, later, stop } = await startAway()
  expect(await wake(...projectKeys.slice(0, 1))).toEqual({ batchItemFailures: [] })
  expect((await records())[0]).toMatchObject({
    state: 'pending',
    error: 'OpenStack cannot be reached at the moment',
    failures: 1,
    due: later(5000),
  })
  await stop()
})

test('once it is lost, the other projects are not tried, and stay as they are', async () => {
  const { wake, projectKeys, records, asked, stop } = await startAway()
  const before = await records()
  await wake(...projectKeys)
  expect(asked.times).toBe(1)
  expect((await records()).slice(1)).toEqual(before.slice(1))
  await stop()
})

test('it is not asked again before the pause is over, and the outage is told once', async () => {
  const { wake, projectKeys, sweep, asked, clock, lines, stop } = await startAway()
  await wake(...projectKeys)
  clock.move(999)
  expect([await sweep(), asked.times]).toEqual([0, 1])
  clock.move(1)
  await sweep()
  expect(asked.times).toBe(2)
  expect(lines).toEqual(["Keystone can't be reached"])
  await stop()
})

test('each project is due again within half a minute, however long the outage lasts', async () => {
  const { sweep, clock, records, later, stop } = await startAway()
  for (let minute = 0; minute < 20; minute++) {
    clock.move(60_000)
    await sweep()
  }
  expect((await records()).every(({ due = '~' }) => due <= later(30_000))).toBe(true)
  expect((await records()).map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
  await stop()
})

test('a word about a user stays until its projects can be told', async () => {
  const { deliverEach, table, wake, later, stop } = await startAway()
  await deliverEach([disabled(6, 'ann')])
  const said = await findFanOutPending(table, customerId)
  const [userId = ''] = (await wordsAboutUsers(table)).map(({ sk }) => sk.split('#').at(-1))
  const word = keys.fanOut(customerId, 'user', userId)
  expect(await wake(word)).toEqual({ batchItemFailures: [] })
  expect(await findSyncRequest(table, word)).toMatchObject({ at: said, failures: 1, due: later(5000) })
  await stop()
})

test('what a customer has become is told to all its projects without Keystone', async () => {
  const { deliverEach, table, wake, records, clock, later, stop } = await startAway()
  await deliverEach([becomesCustomer(6, 'suspended')])
  clock.move(1000)
  const word = keys.fanOut(customerId, 'customer', customerId)
  await wake(word)
  expect(await findSyncRequest(table, word)).toBeUndefined()
  expect((await records()).map(({ due }) => due)).toEqual([later(0), later(0), later(0)])
  await stop()
})

async function wordsAboutUsers(table: Awaited<ReturnType<typeof startAway>>['table']) {
  const { items } = await table.queryPage({ partition: keys.customer(customerId).pk, prefix: 'FANOUT#user#' })
  return items
}
