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
import type { Change } from '../../records/commit.ts'
import type { Version, Write } from '../../table/item.ts'
import type { Key } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'

/** On whose behalf a use case plans, and when what it plans counts. */
export type Context = {
  table: Table
  actor: Actor
  /** A webhook's: its event's timestamp. A person's: the commit. */
  stamp: Stamp
  now: Instant
  reason?: string | undefined
  requestId?: string | undefined
  /** Whether OpenStack is to follow: what concerns it is then said to its worker, in the same transaction. */
  openstack?: boolean | undefined
  /** Whether messages are sent: somebody who is invited is then told so. */
  mail?: boolean | undefined
}

/**
 * `after`: the entity as it will be. `superseded`: something newer has said otherwise; what is still planned then only
 * completes the history.
 */
export type ChangePlan<T = unknown> =
  | { outcome: 'applied'; change: Change; after: T }
  | { outcome: 'superseded'; change?: Change | undefined }

export const superseded = { outcome: 'superseded' } as const satisfies ChangePlan

/** True for the order system's events, which arrive late and out of order; people and reviews see what they change. */
export const isEvent = ({ actor }: Context): boolean => actor.kind === 'webhook'

/**
 * True for a person's or operator's change, which is nothing where it says what already is. An event's is one all the
 * same: it moves the register to its own time, and what is older has no effect any more.
 */
export const isByPerson = ({ actor }: Context): boolean => actor.kind === 'user' || actor.kind === 'operator'

/** True for what follows from a review: it only ever leaves less, also of those who are disabled. */
export const isReview = ({ actor }: Context): boolean => actor.kind === 'review'

/** An event counts at its own time; all else at its commit, but never before what it replaces. */
export function timestampAfter(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  const newest = replaced.reduce<Stamp>((latest, stamp = '') => (stamp > latest ? stamp : latest), '')
  if (isEvent(context) || context.stamp > newest) return context
  const moment = addMilliseconds(instantOfStamp(newest), 1)
  return { ...context, stamp: stampOf(moment, idOfStamp(context.stamp)) }
}

/**
 * As `countingAfter`, for what ends things that others have said and that aren't read for it: after whatever was said
 * within the same millisecond, of which ids don't tell the order.
 */
export function timestampAfterAll(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  if (isEvent(context)) return context
  const stamp = stampOf(instantOfStamp(context.stamp), `~${idOfStamp(context.stamp)}`)
  return timestampAfter({ ...context, stamp }, ...replaced)
}

/** Ids begin with a time, so that they sort by it. */
export const newId = (prefix: 'usr' | 'prj', at: Instant) =>
  `${prefix}_${ulid(Math.max(0, dateOf(at).getTime()))}`

/** A plan of what already is: nothing is written and nothing told. `seen`: what tells that it is so. */
export function unchanged<T>(
  after: T,
  seen: readonly { key: Key; expectedVersion: Version }[],
): ChangePlan<T> & { outcome: 'applied' } {
  const writes = seen.map(({ key: check, expectedVersion }) => ({ check, expectedVersion }))
  return { outcome: 'applied', change: { writes }, after }
}

/** The parts of a plan that applies; `after` as in `ChangePlan`. */
export type PlannedChange<T> = {
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
  const id = ulid(dateOf(now).getTime())
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

/** A Change that becomes true with this besides, in one transaction with one event. */
export function mergeChanges(
  { writes, event }: Change,
  more: { writes: readonly Write[]; changes: readonly ResourceChange[] },
): Change {
  return {
    writes: [...writes, ...more.writes],
    event: event && { ...event, changes: [...event.changes, ...more.changes] },
  }
}
