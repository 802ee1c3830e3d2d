import { ulid } from 'ulid'
import type { Actor } from '../domain/actor.ts'
import type { ResourceChange } from '../domain/audit-event.ts'
import type { Instant, Stamp } from '../domain/instant.ts'
import { addMilliseconds, dateOf, idOfStamp, instantOfStamp, stampOf } from '../domain/instant.ts'
import type { Change } from '../table/commit.ts'
import type { Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { wordsToOpenStack } from './words-to-openstack.ts'

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
}

/**
 * `after`: the entity as it will be. `superseded`: something newer has said otherwise; what is still planned then only
 * completes the history.
 */
export type Plan<T = unknown> =
  | { outcome: 'applied'; change: Change; after: T }
  | { outcome: 'superseded'; change?: Change | undefined }

export const superseded = { outcome: 'superseded' } as const satisfies Plan

/** True for the order system's events, which arrive late and out of order; people and reviews see what they change. */
export const isEvent = ({ actor }: Context): boolean => actor.kind === 'webhook'

/** True for what follows from a review: it only ever leaves less, also of those who are disabled. */
export const isReview = ({ actor }: Context): boolean => actor.kind === 'review'

/** An event counts at its own time; all else at its commit, but never before what it replaces. */
export function countingAfter(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  const newest = replaced.reduce<Stamp>((latest, stamp = '') => (stamp > latest ? stamp : latest), '')
  if (isEvent(context) || context.stamp > newest) return context
  const moment = addMilliseconds(instantOfStamp(newest), 1)
  return { ...context, stamp: stampOf(moment, idOfStamp(context.stamp)) }
}

/**
 * As `countingAfter`, for what ends things that others have said and that aren't read for it: after whatever was said
 * within the same millisecond, of which ids don't tell the order.
 */
export function countingLast(context: Context, ...replaced: readonly (Stamp | undefined)[]): Context {
  if (isEvent(context)) return context
  const stamp = stampOf(instantOfStamp(context.stamp), `~${idOfStamp(context.stamp)}`)
  return countingAfter({ ...context, stamp }, ...replaced)
}

/** Ids begin with a time, so that they sort by it. */
export const newId = (prefix: 'usr' | 'prj', at: Instant) =>
  `${prefix}_${ulid(Math.max(0, dateOf(at).getTime()))}`

/** A plan that applies: the writes and the one audit event that lists every resource they change. */
export function planned<T>(
  context: Context,
  customerId: string,
  type: string,
  writes: readonly Write[],
  changes: readonly ResourceChange[],
  after: T,
): Plan<T> & { outcome: 'applied' } {
  const { actor, now, reason, requestId, openstack } = context
  const id = ulid(dateOf(now).getTime())
  const said = openstack ? wordsToOpenStack(customerId, changes, now) : []
  return {
    outcome: 'applied',
    change: {
      writes: [...writes, ...said],
      event: { id, customerId, at: now, actor, type, reason, requestId, changes },
    },
    after,
  }
}
