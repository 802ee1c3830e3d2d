import type { Delivery } from '../domain/delivery.ts'
import { isSettled } from '../domain/delivery.ts'
import { DomainError } from '../domain/errors.ts'
import { deliveryItem, findDelivery } from '../table/deliveries.ts'
import type { Versioned } from '../table/item.ts'
import type { Context } from './context.ts'

/** Makes a failed or waiting delivery due at once, with a new day to wait; the sweeper picks it up. */
export async function retryDelivery(
  { table, now }: Context,
  { source, id }: { source: string; id: string },
): Promise<Versioned<Delivery>> {
  const delivery = await findDelivery(table, source, id)
  if (!delivery) throw new DomainError('not-found', 'no such delivery')
  if (isSettled(delivery) && delivery.status !== 'failed') {
    throw new DomainError(
      'conflict',
      `the delivery is ${delivery.status}; only a failed or waiting one can be retried`,
    )
  }
  const retried: Delivery = {
    ...delivery,
    status: 'received',
    reason: undefined,
    waitsFor: undefined,
    pauses: undefined,
    retriedAt: now,
    nextAttemptAt: now,
  }
  await table.transact([{ put: deliveryItem(retried), was: delivery.version }])
  return { ...retried, version: delivery.version + 1 }
}
