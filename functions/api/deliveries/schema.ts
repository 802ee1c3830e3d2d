import * as v from 'valibot'
import { deliveryStatuses } from '../../../shared/provisioning/delivery.ts'
import { DeliveryId, etag, Line, Moment, object, Source } from '../routing/schema-types.ts'

export const Receipt = object('That a signed event is recorded, or was already.', {
  id: DeliveryId,
  status: v.picklist(deliveryStatuses),
})

export const Delivery = object('A signed event as it was received, and what became of it.', {
  source: Source,
  id: DeliveryId,
  type: v.string(),
  customerId: v.optional(v.string()),
  timestamp: Moment,
  receivedAt: Moment,
  status: v.picklist(deliveryStatuses),
  reason: v.optional(Line),
  attempts: v.pipe(v.number(), v.integer(), v.minValue(0)),
  nextAttemptAt: v.optional(Moment),
  etag,
})
