import type { Context } from '../../../shared/directory/change/change-plan.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { Actor } from '../../../shared/domain/values/actor.ts'
import { type Instant, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import type { ReviewWithSchedule } from '../../../shared/reviews/transition.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Table } from '../../../shared/table/table.ts'

export type ReviewDeps = {
  table: Table
  log: Log
  /** True if revocations also go to OpenStack, and are verified there. */
  openstack?: boolean | undefined
  /** End of the invocation's time: no new work begins after it. */
  until: Instant
}

/** A customer's review under way, with its customer and schedule. */
export type ReviewContext = ReviewWithSchedule & { customer: Customer }

export const clock: Actor = { kind: 'system', id: 'review-clock' }
export const actorOf = ({ id }: Pick<Review, 'id'>): Actor => ({ kind: 'review', id })

export const nowOf = ({ table }: Pick<ReviewDeps, 'table'>): Instant => instantOf(table.now())
export const isTimeUp = (deps: ReviewDeps): boolean => nowOf(deps) >= deps.until

export function contextOf({ table, openstack }: ReviewDeps, actor: Actor, reason?: string): Context {
  const now = instantOf(table.now())
  return { table, actor, stamp: stampOf(now, actor.id), now, reason, openstack }
}
