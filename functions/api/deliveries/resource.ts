import { presentInstant } from '../../../shared/domain/values/instant.ts'
import type { Delivery } from '../../../shared/provisioning/delivery.ts'
import { findDelivery, type ListedDelivery } from '../../../shared/provisioning/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { notFound } from '../authorization/denial.ts'
import { parameter } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

/** Leaves the body out, which may hold the customer's data. */
export function presentDelivery({
  source,
  id,
  type,
  customerId,
  status,
  reason,
  attempts,
  ...times
}: ListedDelivery): Representation<'delivery'> {
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

export const sourceName = /^[A-Za-z0-9_-]{1,64}$/
const deliveryId = /^[A-Za-z0-9_-]{1,128}$/

export const deliveryResource: Resource<Delivery, Versioned<Delivery>> = {
  schema: 'delivery',
  name: 'delivery',
  load: async (call) => {
    const [source, id] = [parameter(call, 'source'), parameter(call, 'id')]
    const isName = sourceName.test(source) && deliveryId.test(id)
    const delivery = isName ? await findDelivery(call.deps.table, source, id) : undefined
    if (!delivery) throw notFound('delivery')
    return delivery
  },
  show: (_call, delivery) => presentDelivery(delivery),
}
