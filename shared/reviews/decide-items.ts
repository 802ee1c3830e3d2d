import { type Context, type ChangePlan, changePlan, unchanged } from '../directory/change/change-plan.ts'
import type { Customer } from '../domain/entities/customer.ts'
import { actorName } from '../domain/values/actor.ts'
import { DomainError, within } from '../domain/values/errors.ts'
import type { Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { itemChange } from './audit-views.ts'
import { deadlineOf, decisionsEnded, whyClosed } from './model/lifecycle.ts'
import { decideItem, isDecidedSo, type WantedDecision } from './model/decide-item.ts'
import type { ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { itemRecord } from './store.ts'

/** Fits into one transaction with the review and the event (100 items, 4 MB), however long the reasons. */
export const decisionsAtOnce = 50

/** `at`: JSON Pointer to the decision in the request's body, for errors. */
export type DecideItem = { item: Versioned<ReviewItem>; wanted: WantedDecision; at?: string | undefined }

export type Deciding = { customer: Customer; review: Versioned<Review> }

/**
 * Plans all of these decisions or none, in place of earlier ones. The commit fails unless the review is still open and before
 * its end. An item that has the same decision already keeps it, with its time and decider.
 * @throws {DomainError} `conflict` once decisions have ended, and as `decideItem` does
 */
export function decideItems(
  context: Context,
  { customer, review }: Deciding,
  decisions: readonly DecideItem[],
): ChangePlan<ReviewItem[]> & { outcome: 'applied' } {
  const { actor, now } = context
  const closed = whyClosed(review, customer, now)
  if (closed) throw new DomainError('conflict', closed)
  const deadline = deadlineOf(review, customer)
  const until = deadline === undefined ? undefined : { at: deadline, onConflict: decisionsEnded(deadline) }
  const decided = decisions.map(({ item, wanted, at }) => {
    const after = within(at, () => decideItem(item, wanted, { by: actorName(actor), at: now }))
    return { before: item, after: isDecidedSo(item, wanted) ? item : after }
  })
  const after = decided.map((sides) => sides.after)
  const changed = decided.filter((sides) => sides.after !== sides.before)
  const read = [
    { key: keys.review(review.customerId, review.id), expectedVersion: review.version },
    ...decided
      .filter((sides) => sides.after === sides.before)
      .map(({ before }) => ({ key: keyOf(before), expectedVersion: before.version })),
  ]
  if (changed.length === 0) return unchanged(after, read)
  const writes: Write[] = [
    ...read.map(({ key: check, expectedVersion }) => ({ check, expectedVersion, ...(until && { until }) })),
    ...changed.map((sides) => ({ put: itemRecord(sides.after), expectedVersion: sides.before.version })),
  ]
  return changePlan(context, {
    customerId: review.customerId,
    eventType: 'review.decided',
    writes,
    changes: changed.map(itemChange),
    after,
  })
}

const keyOf = ({ customerId, reviewId, userId, resource }: ReviewItem) =>
  keys.reviewItem(customerId, reviewId, { userId, ...resource })

/** `decideItems` for one item. */
export function decideOne(
  context: Context,
  deciding: Deciding,
  decision: DecideItem,
): ChangePlan<ReviewItem> {
  const plan = decideItems(context, deciding, [decision])
  const [after = decision.item] = plan.after
  return { ...plan, after }
}
