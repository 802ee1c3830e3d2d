import { addMilliseconds, type Instant, type Stamp, stampOf } from '../domain/values/instant.ts'

export const deliveryStatuses = ['received', 'applied', 'superseded', 'waiting', 'failed'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** A signed event as it was received, and its processing state. */
export type Delivery = {
  source: string
  /** The `webhook-id`; unique within the source. */
  id: string
  type: string
  customerId?: string | undefined
  timestamp: Instant
  /** The raw body, kept to tell a repeated delivery from a conflicting one. */
  body: string
  receivedAt: Instant
  status: DeliveryStatus
  reason?: string | undefined
  attempts: number
  nextAttemptAt?: Instant | undefined
  /**
   * Key of the item that the delivery waits for, as text, and the number of attempts since it began to wait for it.
   */
  dependsOn?: string | undefined
  pauses?: number | undefined
  /** When an operator asked for a retry; the day to wait counts from then. */
  retriedAt?: Instant | undefined
}

/**
 * The event's logical timestamp: its own time, then the delivery's id and source, since ids are unique within a
 * source only.
 */
export function stampOfDelivery({ timestamp, id, source }: Delivery): Stamp {
  return stampOf(timestamp, `${id}#${source}`)
}

export function isSettled({ status }: Delivery): boolean {
  return status !== 'received' && status !== 'waiting'
}

/** Milliseconds after which the sweeper takes up a delivery whose stream record is lost or late. */
export const triggerGrace = 15_000

const waitingTime = 24 * 3_600_000

/** A waiting delivery fails a day after it was received or last retried. */
export function waitingDeadlineOf({ receivedAt, retriedAt }: Delivery): Instant {
  return addMilliseconds(retriedAt ?? receivedAt, waitingTime)
}

/** How far an event's timestamp may lie after its arrival, in milliseconds. */
export const aheadTolerance = 5 * 60_000
