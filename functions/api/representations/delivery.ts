import { presentInstant } from '../../../shared/domain/instant.ts'
import type { ListedDelivery } from '../../../shared/table/deliveries.ts'

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
}: ListedDelivery) {
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
