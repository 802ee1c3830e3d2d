import { ulid } from 'ulid'
import { type ChangePlan, changePlan, type Context } from '../directory/change/change-plan.ts'
import type { Customer } from '../domain/entities/customer.ts'
import { DomainError } from '../domain/values/errors.ts'
import { dateOf, type Instant } from '../domain/values/instant.ts'
import { type Expected, type Versioned, versionOf, type Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'
import { reviewChange } from './audit-views.ts'
import { apply, begin, cancel, nextRunAt, type ReviewEventType } from './model/lifecycle.ts'
import { isUnderWay, type Review } from './model/review.ts'
import { policyInForce } from './policy/policy-in-force.ts'
import type { ReviewScope } from './policy/review-policy.ts'
import { nextStart, type ReviewSchedule, startedByClock } from './policy/review-schedule.ts'
import { findSchedule, reviewRecord, scheduleItem } from './store.ts'

/** A customer's schedule; `version` is `absent` while none is stored. */
export type CurrentSchedule = Expected<ReviewSchedule>

/** A customer's schedule, or the one that it begins with: the default policy, and usage known from now on. */
export async function readSchedule(table: Table, customerId: string, now: Instant): Promise<CurrentSchedule> {
  return (await findSchedule(table, customerId)) ?? { customerId, since: now, version: 'absent' }
}

/** Begins the schedule of a customer that has none; false if it has. */
export async function beginSchedule(table: Table, customerId: string, now: Instant): Promise<boolean> {
  const schedule: ReviewSchedule = { customerId, since: now }
  return table.putNew(scheduleItem({ ...schedule, due: nextStart(schedule) }))
}

/** Sets the worker's next run; not an audit event, as nothing that people see changes. */
export async function scheduleNextRun(
  table: Table,
  { version: expectedVersion, ...schedule }: CurrentSchedule,
  due: Instant | undefined,
): Promise<void> {
  await table.transact([{ put: scheduleItem({ ...schedule, due }), expectedVersion }])
}

/** A review and the schedule of its customer, as they were read. */
export type ReviewWithSchedule = { review: Versioned<Review>; schedule: CurrentSchedule }

type ReviewPlan = ChangePlan<Review> & { outcome: 'applied' }

/**
 * Saves a review's next state, or its first one where `review` is absent. The schedule names the review under way and the
 * next run, so both change in one transaction, which fails if anybody has changed either since it was read.
 */
export function moveReview(
  context: Context,
  {
    review: before,
    schedule: { version, ...schedule },
  }: Partial<ReviewWithSchedule> & { schedule: CurrentSchedule },
  after: Review,
  eventType: ReviewEventType,
): ReviewPlan {
  const underWay = isUnderWay(after)
  const isStartedByClock = before === undefined && after.startedBy.kind === 'system'
  const updated: ReviewSchedule = {
    ...schedule,
    current: underWay ? after.id : undefined,
    // A review that a person starts in between doesn't move the next one.
    ...(isStartedByClock && startedByClock(schedule, after.startedAt)),
  }
  const due = underWay ? nextRunAt(after, context.now) : nextStart(updated)
  const writes: Write[] = [
    { put: reviewRecord(after), expectedVersion: versionOf(before) },
    { put: scheduleItem({ ...updated, due }), expectedVersion: version },
  ]
  return changePlan(context, {
    customerId: after.customerId,
    eventType,
    writes,
    changes: [reviewChange({ before, after })],
    after,
  })
}

/**
 * Starts a review of the scope, or of the policy's. The worker that this triggers makes the items.
 * @throws {DomainError} `conflict` unless the customer is active and has no review under way
 */
export function startReview(
  context: Context,
  customer: Customer,
  schedule: CurrentSchedule,
  scope?: ReviewScope,
): ReviewPlan {
  const { now: startedAt, actor: startedBy } = context
  if (customer.status !== 'active') {
    throw new DomainError('conflict', `the customer is ${customer.status}: nobody could decide anything`)
  }
  if (schedule.current !== undefined) {
    throw new DomainError('conflict', `review ${schedule.current} is under way: end or cancel it first`)
  }
  const policy = policyInForce(schedule, startedAt)
  const review = begin({
    id: ulid(dateOf(startedAt).getTime()),
    customerId: customer.id,
    policy: { ...policy, scope: scope ?? policy.scope },
    startedBy,
    startedAt,
  })
  return moveReview(context, { schedule }, review, 'review.started')
}

/** Ends the time for decisions: the worker then applies the decisions, and the policy's default to undecided items. */
export function applyReview(context: Context, current: ReviewWithSchedule): ReviewPlan {
  const after = apply(current.review, context.actor, context.now)
  return moveReview(context, current, after, 'review.applying')
}

export function cancelReview(context: Context, current: ReviewWithSchedule, because?: string): ReviewPlan {
  const after = cancel(current.review, context.actor, context.now, because ?? context.reason)
  return moveReview(context, current, after, 'review.cancelled')
}
