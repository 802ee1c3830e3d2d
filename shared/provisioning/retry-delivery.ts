import { type Context, type ChangePlan, unchanged } from '../directory/change/change-plan.ts'
import { DomainError } from '../domain/values/errors.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { type Delivery, isSettled } from './delivery.ts'
import { deliveryItem } from './store.ts'

/** Makes a failed or waiting delivery due at once, with a new day to wait. The sweeper picks it up. */
export function retryDelivery({ now }: Context, delivery: Versioned<Delivery>): ChangePlan<Delivery> {
  if (isSettled(delivery) && delivery.status !== 'failed') {
    throw new DomainError(
      'conflict',
      `the delivery is ${delivery.status}; only a failed or waiting one can be retried`,
    )
  }
  const { source, id, nextAttemptAt = delivery.receivedAt } = delivery
  if (delivery.status === 'received' && nextAttemptAt <= now) {
    return unchanged(delivery, [{ key: keys.delivery(source, id), expectedVersion: delivery.version }])
  }
  const retried: Delivery = {
    ...delivery,
    status: 'received',
    reason: undefined,
    dependsOn: undefined,
    pauses: undefined,
    retriedAt: now,
    nextAttemptAt: now,
  }
  const writes = [{ put: deliveryItem(retried), expectedVersion: delivery.version }]
  return { outcome: 'applied', change: { writes }, after: retried }
}
