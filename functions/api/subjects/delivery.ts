import type { Delivery } from '../../../shared/domain/delivery.ts'
import { findDelivery } from '../../../shared/table/deliveries.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { parameter } from '../call.ts'
import { notFound } from '../refusal.ts'
import { presentDelivery } from '../representations/delivery.ts'
import type { Subject } from '../subject.ts'

export const sourceName = /^[A-Za-z0-9_-]{1,64}$/
const deliveryId = /^[A-Za-z0-9_-]{1,128}$/

export const theDelivery: Subject<Delivery, Versioned<Delivery>> = {
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
