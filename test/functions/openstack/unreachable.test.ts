import { expect, onTestFinished, test } from 'vitest'
import { createOpenStack } from '../../../functions/openstack/worker.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findFanOutPending, findSyncRequest, listRecords } from '../../../shared/openstack/sync/store.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { stoppedClock } from '../provisioning/clock.ts'
import { customer, customerId, project, user } from '../provisioning/scene.ts'
import { unreachableKeystone, mapping } from './bare-run.ts'

const engine = await startTestEngine()

/** A customer with three projects, and a worker whose Keystone is unreachable. */
async function startUnreachable() {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const { table, deliverEach, stop } = await startProvisioned(engine, { now: clock.now, openstack: true })
  onTestFinished(stop)
  await deliverEach([
    customer.created,
    user.created(1, 'ann', 'tech'),
    ...[2, 3, 4].map((n) => project.created(n, `p${n}`)),
  ])
  const { keystone, requests } = unreachableKeystone()
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
    requests,
    records,
    projectKeys,
    deliverEach,
    later: (milliseconds: number) => addMilliseconds(instantOf(clock.now()), milliseconds),
    trigger: (...changed: Key[]) =>
      worker.onStream({ Records: changed.map((key, place) => recordOf(key, 100 + place)) }),
  }
}

test('a project of the stream stays due, and its record is not handed out again', async () => {
  const { trigger, projectKeys, records, later } = await startUnreachable()
  expect(await trigger(...projectKeys.slice(0, 1))).toEqual({ batchItemFailures: [] })
  const error = 'OpenStack cannot be reached at the moment'
  expect((await records())[0]).toMatchObject({ state: 'pending', error, failures: 1, due: later(5000) })
})

test('once Keystone is unreachable, the other projects are not tried and stay as they are', async () => {
  const { trigger, projectKeys, records, requests } = await startUnreachable()
  const before = await records()
  await trigger(...projectKeys)
  expect(requests.count).toBe(1)
  expect((await records()).slice(1)).toEqual(before.slice(1))
})

test('it is not asked again before the pause is over, and the outage is logged once', async () => {
  const { trigger, projectKeys, sweep, requests, clock, lines } = await startUnreachable()
  await trigger(...projectKeys)
  clock.move(999)
  expect([await sweep(), requests.count]).toEqual([0, 1])
  clock.move(1)
  await sweep()
  expect(requests.count).toBe(2)
  expect(lines).toEqual(["Keystone can't be reached"])
})

test('each project is due again within half a minute, however long the outage lasts', async () => {
  const { sweep, clock, records, later } = await startUnreachable()
  for (let minute = 0; minute < 20; minute++) {
    clock.move(60_000)
    await sweep()
  }
  expect((await records()).every(({ due = '~' }) => due <= later(30_000))).toBe(true)
  expect((await records()).map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
})

test('the request of a user stays until its projects can be marked pending', async () => {
  const { deliverEach, table, trigger, later } = await startUnreachable()
  await deliverEach([user.disabled(6, 'ann')])
  const pendingSince = await findFanOutPending(table, customerId)
  const partition = keys.customer(customerId).pk
  const { items } = await table.queryPage({ partition, prefix: 'FANOUT#user#' })
  const userId = items[0]?.sk.split('#').at(-1) ?? ''
  const key = keys.fanOut(customerId, 'user', userId)
  expect(await trigger(key)).toEqual({ batchItemFailures: [] })
  expect(await findSyncRequest(table, key)).toMatchObject({ at: pendingSince, failures: 1, due: later(5000) })
})

test('a change of a customer marks all its projects pending without Keystone', async () => {
  const { deliverEach, table, trigger, records, clock, later } = await startUnreachable()
  await deliverEach([customer.suspended(6)])
  clock.move(1000)
  const key = keys.fanOut(customerId, 'customer', customerId)
  await trigger(key)
  expect(await findSyncRequest(table, key)).toBeUndefined()
  expect((await records()).map(({ due }) => due)).toEqual([later(0), later(0), later(0)])
})
