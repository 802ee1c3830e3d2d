import { expect, test } from 'vitest'
import { createProvisioning } from '../../../functions/provisioning/worker.ts'
import { defaultCustomerIdPattern } from '../../../shared/domain/entities/customer.ts'
import { dateOf, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { retryDelivery } from '../../../shared/provisioning/retry-delivery.ts'
import { findDelivery } from '../../../shared/provisioning/store.ts'
import { commit } from '../../../shared/records/commit.ts'
import { startTestEngine } from '../../support/engine.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { breakRequests } from './bare-worker.ts'
import { hour, minute, second, stoppedClock } from './clock.ts'
import { type DirectoryView, viewDirectory } from './directory-view.ts'
import { anns, customer, membership, project, server } from './scene.ts'

const engine = await startTestEngine()
const start = '2026-08-02T00:00:00.000Z'
const ann = anns.created(1, 'tech')
const log = () => {}

async function startWithClock(sources = {}) {
  const clock = stoppedClock(start)
  const service = await startProvisioned(engine, { now: clock.now, sources: { orders: sources } })
  /** Moves the clock, sweeps, and returns how many were due. */
  const sweepAfter = (milliseconds: number) => {
    clock.move(milliseconds)
    return service.provisioning.sweep()
  }
  /** Delivers the event, which waits in vain, and fails for that. */
  async function waitInVain(event: TimedEvent, ...before: TimedEvent[]) {
    await service.deliverEach([...before, event])
    await sweepAfter(25 * hour)
    expect(await service.statusOf(event.id)).toBe('failed')
  }
  const view = () => viewDirectory(service.table)
  return {
    ...service,
    clock,
    sweepAfter,
    waitInVain,
    view,
    deliveryOf: (id: string) => delivered(service, id),
  }
}

async function delivered({ table }: Pick<Provisioned, 'table'>, id: string) {
  const delivery = await findDelivery(table, 'orders', id)
  if (!delivery) throw new Error('no such delivery')
  return delivery
}

async function retry({ table }: Pick<Provisioned, 'table'>, id: string) {
  const now = instantOf(table.now())
  const actor = { kind: 'operator', id: 'ops' } as const
  const context = { table, actor, now, stamp: stampOf(now, 'retry') }
  const plan = retryDelivery(context, await delivered({ table }, id))
  if (plan.change) await commit(table, plan.change)
}

test('an event for a customer that never comes is tried after growing pauses, and has failed after a day', async () => {
  const { clock, deliveryOf, provisioning, ...service } = await startWithClock()
  await service.deliverEach([ann])
  const pauses: number[] = []
  for (let delivery = await deliveryOf(ann.id); delivery.status === 'waiting'; ) {
    const due = dateOf(delivery.nextAttemptAt ?? '')
    pauses.push((due.getTime() - clock.now().getTime()) / second)
    clock.set(new Date(due.getTime() - 1).toISOString())
    expect(await provisioning.sweep()).toBe(0)
    clock.move(1)
    expect(await provisioning.sweep()).toBe(1)
    delivery = await deliveryOf(ann.id)
    expect(delivery.attempts).toBe(pauses.length + 1)
  }
  expect(pauses.slice(0, 12)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
  expect(Math.max(...pauses)).toBe(3600)
  const waited = clock.now().getTime() - new Date(start).getTime()
  expect(waited).toBeGreaterThanOrEqual(24 * hour)
  expect(waited).toBeLessThan(25 * hour)
  const failed = await deliveryOf(ann.id)
  expect(failed).toMatchObject({ status: 'failed', reason: 'customer BGE000001 is not known' })
  expect(failed).not.toHaveProperty('nextAttemptAt')
  clock.move(48 * hour)
  expect(await provisioning.sweep()).toBe(0)
  await service.stop()
})

test('a failed delivery is not triggered by its dependency until an operator retries it', async () => {
  const { waitInVain, provisioning, view, ...service } = await startWithClock()
  await waitInVain(ann)
  await service.deliverEach([customer.created])
  expect(await service.statusOf(ann.id)).toBe('failed')
  await retry(service, ann.id)
  expect([await service.statusOf(ann.id), await service.reasonOf(ann.id)]).toEqual(['received', undefined])
  expect(await provisioning.sweep()).toBe(1)
  expect(await view()).toMatchObject({ users: { ann: 'tech' } })
  await service.stop()
})

test('a day of waiting ends no millisecond early, and a retry has a new one', async () => {
  const { sweepAfter, ...service } = await startWithClock()
  const stateAfter = async (milliseconds: number) => {
    await sweepAfter(milliseconds)
    return service.statusOf(ann.id)
  }
  await service.deliverEach([ann])
  expect(await stateAfter(24 * hour - 1)).toBe('waiting')
  expect(await stateAfter(hour)).toBe('failed')
  await retry(service, ann.id)
  expect(await stateAfter(0)).toBe('waiting')
  expect(await stateAfter(24 * hour - 1)).toBe('waiting')
  await service.deliverEach([customer.created])
  expect(await service.statusOf(ann.id)).toBe('applied')
  await service.stop()
})

test('one that waits can be retried at once, one that is settled cannot', async () => {
  const { provisioning, ...service } = await startWithClock()
  await service.deliverEach([customer.created, ann, anns.granted(3), project.created(2, 'shop')])
  await retry(service, 'e003')
  expect(await provisioning.sweep()).toBe(1)
  expect(await service.statusOf('e003')).toBe('waiting')
  await expect(retry(service, ann.id)).rejects.toMatchObject({ code: 'conflict' })
  await service.stop()
})

test('a delivery that failed for good fails again when retried, unless its source may send more by then', async () => {
  const { provisioning, ...service } = await startWithClock({ types: ['customer.created'] })
  await service.deliverEach([customer.created, ann])
  expect(await service.statusOf(ann.id)).toBe('failed')
  await retry(service, ann.id)
  await provisioning.sweep()
  expect(await service.statusOf(ann.id)).toBe('failed')
  await retry(service, ann.id)
  const customerIdPattern = new RegExp(defaultCustomerIdPattern)
  await createProvisioning({
    table: service.table,
    sources: () => ({ orders: {} }),
    customerIdPattern,
    log,
  }).sweep()
  expect(await service.statusOf(ann.id)).toBe('applied')
  await service.stop()
})

test('the sweeper finds a recorded delivery that was never triggered, after its trigger had its time', async () => {
  const { clock, provisioning, ...service } = await startWithClock()
  await service.stop()
  await service.record(customer.created)
  await service.record(ann)
  await service.settle()
  clock.move(15 * second - 1)
  expect(await provisioning.sweep()).toBe(0)
  expect(await service.statusOf(customer.created.id)).toBe('received')
  clock.move(1)
  expect(await provisioning.sweep()).toBe(2)
  // Both at once: the user may have been tried before the customer was there.
  clock.move(minute)
  await provisioning.sweep()
  expect(await service.statusOf(customer.created.id)).toBe('applied')
  expect(await service.statusOf(ann.id)).toBe('applied')
  await service.stop()
})

test('a sweep and the stream at the same time apply a delivery once', async () => {
  const { clock, provisioning, deliveryOf, ...service } = await startWithClock()
  await service.deliverEach([customer.created, project.created(2, 'web'), ann])
  await service.record(anns.granted(3))
  clock.move(minute)
  await Promise.all([provisioning.sweep(), provisioning.sweep(), service.settle()])
  expect(await deliveryOf('e003')).toMatchObject({ status: 'applied', attempts: 1 })
  await service.stop()
  expect(service.failures).toEqual([])
})

test('a revocation that has failed still stops the grant before it', async () => {
  const { waitInVain, view, ...service } = await startWithClock()
  await waitInVain(anns.revoked(5), customer.created, project.created(2, 'web'))
  await service.deliverEach([ann, anns.granted(4)])
  expect(await service.statusOf('e004')).toBe('superseded')
  expect((await view()).grants).toEqual({})
  await service.deliverEach([anns.granted(6)])
  expect((await view()).grants).toEqual({ 'ann web': 'full' })
  await service.stop()
})

const removals: [name: string, event: TimedEvent, created: TimedEvent, expected: Partial<DirectoryView>][] = [
  ['the deletion of a user', anns.deleted(5), ann, { users: {} }],
  ['the disabling of a user', anns.disabled(5), ann, { users: { ann: 'tech disabled' } }],
  ['a demotion', anns.became(5, 'client'), anns.created(1, 'admin'), { users: { ann: 'client' } }],
  [
    'a revocation of a membership by type',
    membership.revoked(5, 'ann', 'BGE000001'),
    anns.created(1, 'billing'),
    { users: { ann: 'billing' }, grants: {} },
  ],
  [
    'a revocation of the membership that a creation brings',
    membership.revoked(5, 'ann', 'BGE000001'),
    anns.created(1, 'tech', { main: true }),
    { users: { ann: 'tech' }, grants: {} },
  ],
  [
    'the deletion of a project',
    project.deleted(5, 'web'),
    project.created(2, 'web'),
    { projects: ['BGE000001'] },
  ],
  ['the deletion of a server', server.deleted(5, 'vm1'), server.created(2, 'vm1'), { servers: {} }],
  ['the suspension of a customer', customer.suspended(5), customer.created, { customer: 'suspended' }],
  ['the closing of a customer', customer.closed(5), customer.created, { customer: 'closed' }],
]

test.each(removals)(
  '%s is never too late to count: it has failed for lack of its object, and comes after it',
  async (_name, event, created, expected) => {
    const { waitInVain, view, ...service } = await startWithClock()
    await waitInVain(event, ...(created === customer.created ? [] : [customer.created]))
    await service.deliverEach([created])
    expect(await service.statusOf(event.id)).toBe('applied')
    for (const [part, value] of Object.entries(expected)) expect(await view()).toHaveProperty(part, value)
    await service.stop()
  },
)

test('a delivery that waits for another dependency begins with short pauses again', async () => {
  const { clock, provisioning, deliveryOf, ...service } = await startWithClock()
  const waiting = anns.granted(9)
  await service.deliverEach([customer.created, waiting])
  for (const pause of [5, 10, 20]) {
    clock.move(pause * second)
    expect(await provisioning.sweep()).toBe(1)
  }
  const pauseOf = async () => {
    const { nextAttemptAt = '' } = await deliveryOf(waiting.id)
    return (dateOf(nextAttemptAt).getTime() - clock.now().getTime()) / second
  }
  expect(await pauseOf()).toBe(40)
  await service.deliverEach([ann])
  expect(await service.reasonOf(waiting.id)).toBe('no project has this name')
  expect(await pauseOf()).toBe(5)
  await service.stop()
})

test('a delivery with an internal error is retried after pauses too, and has failed after a day', async () => {
  const { clock, provisioning, deliveryOf, ...service } = await startWithClock()
  await service.record(customer.created)
  const mend = breakRequests(service.client, 'TransactWriteItemsCommand', 'C#BGE000001')
  await service.stop()
  clock.move(minute)
  expect(await provisioning.sweep()).toBe(1)
  expect(await deliveryOf(customer.created.id)).toMatchObject({ status: 'received', attempts: 1 })
  expect(await provisioning.sweep()).toBe(0)
  clock.move(24 * hour)
  expect(await provisioning.sweep()).toBe(1)
  expect(await deliveryOf(customer.created.id)).toMatchObject({
    status: 'failed',
    reason: 'an internal error kept it from being applied',
  })
  mend()
  await retry(service, customer.created.id)
  expect(await provisioning.sweep()).toBe(1)
  expect(await service.statusOf(customer.created.id)).toBe('applied')
})
