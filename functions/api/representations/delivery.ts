import type { Delivery } from '../../../shared/domain/delivery.ts'
import { presentInstant } from '../../../shared/domain/instant.ts'

/** Without the body, which may hold what belongs to the customer. */
export function presentDelivery({
  source,
  id,
  type,
  customerId,
  status,
  reason,
  attempts,
  ...times
}: Delivery) {
  return {
    source,
    id,
    type,
    customerId,
    timestamp: presentInstant(times.timestamp),
    receivedAt: presentInstant(times.receivedAt),
    status,
    reason,
    attempts,
    nextAttemptAt: times.nextAttemptAt && presentInstant(times.nextAttemptAt),
  }
}
