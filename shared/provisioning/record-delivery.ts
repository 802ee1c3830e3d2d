import { DomainError, excerpt } from '../domain/values/errors.ts'
import { addMilliseconds, type Instant } from '../domain/values/instant.ts'
import type { Table } from '../table/table.ts'
import { type Delivery, type DeliveryStatus, triggerGrace } from './delivery.ts'
import { deliveryItem, findDelivery } from './store.ts'

type RecordDelivery = {
  source: string
  id: string
  type: string
  customerId?: string | undefined
  timestamp: Instant
  body: string
}

/**
 * Stores an event before it is acknowledged, in two requests at most. Returns the state of a delivery with the same
 * id and body; another body with that id is a conflict.
 */
export async function recordDelivery(
  table: Table,
  input: RecordDelivery,
  receivedAt: Instant,
): Promise<DeliveryStatus> {
  const nextAttemptAt = addMilliseconds(receivedAt, triggerGrace)
  const delivery: Delivery = { ...input, receivedAt, status: 'received', attempts: 0, nextAttemptAt }
  if (await table.putNew(deliveryItem(delivery))) return delivery.status
  const known = await findDelivery(table, input.source, input.id)
  if (!known) throw new DomainError('unavailable', 'the delivery could not be recorded; send it again')
  if (known.body !== input.body) {
    throw new DomainError('conflict', `delivery ${excerpt(input.id)} was received with another body`)
  }
  return known.status
}
