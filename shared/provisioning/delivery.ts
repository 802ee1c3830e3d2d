import { addMilliseconds, type Instant, type Stamp, stampOf } from '../domain/values/instant.ts'

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
  /** The key of the item that it waits for, as text, and how often it has been tried since it waits for that. */
  dependsOn?: string | undefined
  pauses?: number | undefined
  /** When an operator asked for another try; waiting is counted from then. */
  retriedAt?: Instant | undefined
}

/** When the event counts: its own timestamp; ties go to the greater id. Ids are unique within a source only. */
export function stampOfDelivery({ timestamp, id, source }: Delivery): Stamp {
  return stampOf(timestamp, `${id}#${source}`)
}

export function isSettled({ status }: Delivery): boolean {
  return status !== 'received' && status !== 'waiting'
}

/** A stream record that is lost or late is made up for by the sweeper after this time, in milliseconds. */
export const triggerGrace = 15_000

const waitingTime = 24 * 3_600_000

/** What waits is given up a day after it was received, or last retried. */
export function waitingDeadlineOf({ receivedAt, retriedAt }: Delivery): Instant {
  return addMilliseconds(retriedAt ?? receivedAt, waitingTime)
}

/** How far an event's timestamp may lie after its arrival, in milliseconds. */
export const aheadTolerance = 5 * 60_000
