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

/** What a delivery is about that goes back to waiting: whose claim it then waits for. */
export type Missing = 'user' | 'project'

const reasons = {
  user: 'no user has this e-mail address',
  project: 'no project has this name',
} as const

/** Whether the register was set by an event that came after the end of its user or its project. */
export const isClaimedAfter = (stamp: Stamp, end: Stamp) =>
  stamp > end && deliveryOfStamp(stamp) !== undefined

/** The data of an event, in which names are as they are compared. */
type Named = EventDataOf<EventType>

/**
 * Puts the delivery that counts at this stamp back among those that wait, as what it was about has turned out not to be
 * there at that moment. A revocation leaves word again, so that no older grant of its pair passes it. Nothing where the
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
  const word =
    isPair(names) && isRevocation(delivery) ? await recordWaitingRevocation(table, names, stamp) : []
  return [waitingAgain(delivery, claimKey(names, missing), reasons[missing], now), ...word]
}

/** A creation that was applied waits for the name again. */
export async function waitAgain(
  table: Table,
  stamp: Stamp,
  dependency: Key,
  reason: string,
  now: Instant,
): Promise<Write[]> {
  const id = deliveryOfStamp(stamp)
  const delivery = id && (await findDelivery(table, id.source, id.id))
  if (!delivery || !isSettled(delivery) || stampOfDelivery(delivery) !== stamp) return []
  return [waitingAgain(delivery, dependency, reason, now)]
}

export function waitingAgain(
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

function namesIn({ type, body }: Delivery): Named {
  if (!isEventType(type)) throw new Error('what was applied is of a known type')
  const { data }: { data: unknown } = JSON.parse(body)
  return validate(eventData[type], data)
}

const isPair = (names: Named): names is TargetName =>
  'user' in names && ('project' in names || 'serverId' in names)

const isRevocation = ({ type }: Delivery) => type === 'membership.revoked' || type === 'server.unassigned'

function claimKey(names: Named, missing: Missing): Key {
  const { customerId } = names
  if (missing === 'user' && 'user' in names) return keys.email(customerId, names.user)
  if ('project' in names) return keys.projectName(customerId, projectNameKey(names.project))
  throw new Error('what was said of a user or a project names it')
}
