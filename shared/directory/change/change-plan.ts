import { ulid } from 'ulid'
import type { Actor } from '../../domain/values/actor.ts'
import type { AuditEventType, ResourceChange } from '../../domain/values/audit-event.ts'
import {
  addMilliseconds,
  dateOf,
  idOfStamp,
  type Instant,
  instantOfStamp,
  type Stamp,
  stampOf,
} from '../../domain/values/instant.ts'
import { syncRequestsFor } from '../../openstack/sync/request-sync.ts'
import { newEventId } from '../../records/audit-events.ts'
import type { Change } from '../../records/commit.ts'
import type { Version, Write } from '../../table/item.ts'
import type { Key } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** The actor and the time of a planned change. */
export type Context = {
  table: Table
  actor: Actor
  /** The timestamp of the change: of the event for a webhook, of the commit for all others. */
  stamp: Stamp
  now: Instant
  reason?: string | undefined
  requestId?: string | undefined
  /** True if OpenStack is on: the transaction then includes sync requests for its worker. */
  openstack?: boolean | undefined
  /** True if mail is on: invited users then get a message. */
  mail?: boolean | undefined
}

/**
 * `after`: the entity after the change. `superseded`: a newer change has won; a change that is planned all the same
 * only completes the history.
 */
export type ChangePlan<T = unknown> =
  | { outcome: 'applied'; change: Change; after: T }
  | { outcome: 'superseded'; change?: Change | undefined }

export const superseded = { outcome: 'superseded' } as const satisfies ChangePlan

/**
 * True for the order system's events, which arrive late and out of order. People and reviews know the present state.
 */
export const isEvent = ({ actor }: Context): boolean => actor.kind === 'webhook'

/**
 * True for a change by a person or operator, which is none if it sets the present value. An event is one even then:
 * it sets the field's stamp, so that older events lose.
 */
export const isByPerson = ({ actor }: Context): boolean => actor.kind === 'user' || actor.kind === 'operator'

/** True for the outcome of a review, which only reduces access, also that of disabled users. */
export const isReview = ({ actor }: Context): boolean => actor.kind === 'review'

/**
 * Returns the context with the change's timestamp: an event keeps its own, all others count at their commit, but
 * never before what they replace.
 */
export function timestampAfter(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  const newest = replaced.reduce<Stamp>((latest, stamp = '') => (stamp > latest ? stamp : latest), '')
  if (isEvent(context) || context.stamp > newest) return context
  const moment = addMilliseconds(instantOfStamp(newest), 1)
  return { ...context, stamp: stampOf(moment, idOfStamp(context.stamp)) }
}

/**
 * `timestampAfter` for a change that ends data it doesn't read: it counts after everything else within the same
 * millisecond, whose order ids don't tell.
 */
export function timestampAfterAll(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  if (isEvent(context)) return context
  const stamp = stampOf(instantOfStamp(context.stamp), `~${idOfStamp(context.stamp)}`)
  return timestampAfter({ ...context, stamp }, ...replaced)
}

/** Ids begin with the time, so that they sort by it. */
export const newId = (prefix: 'usr' | 'prj', at: Instant) =>
  `${prefix}_${ulid(Math.max(0, dateOf(at).getTime()))}`

/** A plan without effect: no write and no audit event. `seen`: the items that show it, as conditions. */
export function unchanged<T>(
  after: T,
  seen: readonly { key: Key; expectedVersion: Version }[],
): ChangePlan<T> & { outcome: 'applied' } {
  const writes = seen.map(({ key: check, expectedVersion }) => ({ check, expectedVersion }))
  return { outcome: 'applied', change: { writes }, after }
}

/** The parts of a plan that applies; `after` as in `ChangePlan`. */
type PlannedChange<T> = {
  customerId: string
  eventType: AuditEventType
  writes: readonly Write[]
  changes: readonly ResourceChange[]
  after: T
}

/**
 * Returns a plan that applies: the writes, one audit event that lists every resource they change, and, with OpenStack
 * on, the sync requests that follow from these changes.
 */
export function changePlan<T>(
  context: Context,
  { customerId, eventType: type, writes, changes, after }: PlannedChange<T>,
): ChangePlan<T> & { outcome: 'applied' } {
  const { actor, now, reason, requestId, openstack } = context
  const id = newEventId(now)
  const syncRequests = openstack ? syncRequestsFor(customerId, changes, now) : []
  return {
    outcome: 'applied',
    change: {
      writes: [...writes, ...syncRequests],
      event: { id, customerId, at: now, actor, type, reason, requestId, changes },
    },
    after,
  }
}

/** Adds writes and changes to a Change, for one transaction with one event. */
export function mergeChanges(
  { writes, event }: Change,
  more: { writes: readonly Write[]; changes: readonly ResourceChange[] },
): Change {
  return {
    writes: [...writes, ...more.writes],
    event: event && { ...event, changes: [...event.changes, ...more.changes] },
  }
}
