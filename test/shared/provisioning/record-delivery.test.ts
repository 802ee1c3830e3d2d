import { expect, test } from 'vitest'
import { stampOf } from '../../../shared/domain/values/instant.ts'
import type { DeliveryStatus } from '../../../shared/provisioning/delivery.ts'
import { recordDelivery } from '../../../shared/provisioning/record-delivery.ts'
import { retryDelivery } from '../../../shared/provisioning/retry-delivery.ts'
import { deliveryItem, findDelivery } from '../../../shared/provisioning/store.ts'
import { commit } from '../../../shared/records/commit.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const now = '2026-08-02T00:00:00.000000000Z'
const table = await engine.openTable(() => new Date('2026-08-02T00:00:00Z'))
const operator = { kind: 'operator', id: 'ops' } as const
const context = { table, actor: operator, now, stamp: stampOf(now, 'ops') }
let count = 0
const delivery = () => ({
  source: 'orders',
  id: `evt_${++count}`,
  type: 'user.deleted',
  timestamp: now,
  body: '{}',
})

async function become(status: DeliveryStatus) {
  const sent = delivery()
  await recordDelivery(table, sent, now)
  const stored = await findDelivery(table, 'orders', sent.id)
  if (!stored) throw new Error('it was recorded')
  const settled = { ...stored, status, reason: 'for a reason', attempts: 7, dependsOn: 'C#x|CUSTOMER' }
  await table.transact([{ put: deliveryItem(settled), expectedVersion: stored.version }])
  return { ...settled, version: stored.version + 1 }
}

test.each(['failed', 'waiting', 'received'] as const)(
  'one that is %s can be retried, at once',
  async (status) => {
    const sent = await become(status)
    await commit(table, retryDelivery(context, sent).change ?? { writes: [] })
    const stored = await findDelivery(table, 'orders', sent.id)
    expect(stored).toMatchObject({ status: 'received', retriedAt: now, nextAttemptAt: now, attempts: 7 })
    for (const field of ['reason', 'dependsOn', 'dependsOrder', 'ttl'])
      expect(stored).not.toHaveProperty(field)
  },
)

test.each(['applied', 'superseded'] as const)('one that is %s cannot', async (status) => {
  const sent = await become(status)
  const before = await findDelivery(table, 'orders', sent.id)
  expect(() => retryDelivery(context, sent)).toThrow(expect.objectContaining({ code: 'conflict' }))
  expect(await findDelivery(table, 'orders', sent.id)).toEqual(before)
})
