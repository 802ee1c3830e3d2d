import type { Instant, Stamp } from './instant.ts'
import { addMilliseconds, stampOf } from './instant.ts'

export const deliveryStatuses = ['received', 'applied', 'superseded', 'waiting', 'failed'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** A signed event as it was received, and what became of it. */
export type Delivery = {
  source: string
  /** The `webhook-id`; unique within the source. */
  id: string
  type: string
  customerId?: string | undefined
  timestamp: Instant
  /** The raw body: the same id with another one is refused, and nothing that was sent is lost. */
  body: string
  receivedAt: Instant
  status: DeliveryStatus
  reason?: string | undefined
  attempts: number
  nextAttemptAt?: Instant | undefined
  /** When an operator asked for another try; waiting is counted from then. */
  retriedAt?: Instant | undefined
}

/** When the event counts: its own timestamp; ties go to the greater id. */
export function stampOfDelivery({ timestamp, id }: Delivery): Stamp {
  return stampOf(timestamp, id)
}

export function isSettled({ status }: Delivery): boolean {
  return status !== 'received' && status !== 'waiting'
}

/** A stream record that is lost or late is made up for by the sweeper after this time, in milliseconds. */
export const triggerGrace = 15_000

const waitingTime = 24 * 3_600_000

/** What waits is given up a day after it was received, or last retried. */
export function deadlineOf({ receivedAt, retriedAt }: Delivery): Instant {
  return addMilliseconds(retriedAt ?? receivedAt, waitingTime)
}

/** Pause before the next attempt, in milliseconds: 5 s doubling up to an hour. */
export function pauseAfter(attempts: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(attempts - 1, 20))
}

/** How far an event's timestamp may lie after its arrival, in milliseconds. */
export const aheadTolerance = 5 * 60_000
