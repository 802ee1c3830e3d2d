import { projectNameKey } from '../../domain/entities/project.ts'
import { addMilliseconds, deliveryOfStamp, type Instant, type Stamp } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import { type Delivery, isSettled, stampOfDelivery, triggerGrace } from '../../provisioning/delivery.ts'
import { eventData, type EventDataOf, type EventType, isEventType } from '../../provisioning/event-types.ts'
import { deliveryItem, findDelivery } from '../../provisioning/store.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { type Key, keys, keyText } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { recordWaitingRevocation, type TargetName } from './waiting-revocation.ts'

/** The entity that a delivery goes back to waiting for, by its claim. */
export type Missing = 'user' | 'project'

const reasons = {
  user: 'no user has this e-mail address',
  project: 'no project has this name',
} as const

/** True if an event after the end of its user or project made the fact. */
export const isClaimedAfter = (stamp: Stamp, end: Stamp) =>
  stamp > end && deliveryOfStamp(stamp) !== undefined

/** The validated data of an event, with names in the form in which they are compared. */
type EventNames = EventDataOf<EventType>

/**
 * Puts the delivery of this stamp back to waiting, as its user or project turned out not to exist at that moment. A
 * revocation is recorded as waiting again, so that no older grant of its pair gets past it. Returns no writes if the
 * delivery is gone, or waits already.
 */
export async function restoreDelivery(
  table: Table,
  stamp: Stamp,
  missing: Missing,
  now: Instant,
): Promise<Write[]> {
  const id = deliveryOfStamp(stamp)
  const delivery = id && (await findDelivery(table, id.source, id.id))
  if (!delivery || !isSettled(delivery) || stampOfDelivery(delivery) !== stamp) return []
  const names = namesIn(delivery)
  const revocation =
    namesTarget(names) && isRevocation(delivery) ? await recordWaitingRevocation(table, names, stamp) : []
  return [backToWaiting(delivery, claimKey(names, missing), reasons[missing], now), ...revocation]
}

/** Puts an applied creation back to waiting for its name. */
export async function restoreCreation(
  table: Table,
  stamp: Stamp,
  dependency: Key,
  reason: string,
  now: Instant,
): Promise<Write[]> {
  const id = deliveryOfStamp(stamp)
  const delivery = id && (await findDelivery(table, id.source, id.id))
  if (!delivery || !isSettled(delivery) || stampOfDelivery(delivery) !== stamp) return []
  return [backToWaiting(delivery, dependency, reason, now)]
}

export function backToWaiting(
  delivery: Versioned<Delivery>,
  dependency: Key,
  reason: string,
  now: Instant,
): Write {
  const waiting: Delivery = {
    ...delivery,
    status: 'waiting',
    reason,
    dependsOn: keyText(dependency),
    pauses: 0,
    nextAttemptAt: addMilliseconds(now, triggerGrace),
    retriedAt: now,
  }
  return { put: deliveryItem(waiting), expectedVersion: delivery.version }
}

function namesIn({ type, body }: Delivery): EventNames {
  if (!isEventType(type)) throw new Error('an applied event has a known type')
  const { data }: { data: unknown } = JSON.parse(body)
  return validate(eventData[type], data)
}

const namesTarget = (names: EventNames): names is TargetName =>
  'user' in names && ('project' in names || 'serverId' in names)

const isRevocation = ({ type }: Delivery) => type === 'membership.revoked' || type === 'server.unassigned'

function claimKey(names: EventNames, missing: Missing): Key {
  const { customerId } = names
  if (missing === 'user' && 'user' in names) return keys.email(customerId, names.user)
  if ('project' in names) return keys.projectName(customerId, projectNameKey(names.project))
  throw new Error('an event about a user or a project names it')
}
