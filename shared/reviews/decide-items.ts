import { type Context, type ChangePlan, changePlan, unchanged } from '../directory/change/change-plan.ts'
import type { Customer } from '../domain/entities/customer.ts'
import { actorName } from '../domain/values/actor.ts'
import { DomainError, within } from '../domain/values/errors.ts'
import type { Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { itemChange } from './audit-views.ts'
import { deadlineOf, decisionsEnded, whyClosed } from './model/deadline.ts'
import { decideItem, isDecidedSo, type WantedDecision } from './model/decide-item.ts'
import type { ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { itemRecord } from './store.ts'

/** With the review and the event within DynamoDB's 100 items and 4 MB, whatever the reasons' length. */
export const decisionsAtOnce = 50

/** `at`: where the decision stands in what was sent, as a JSON Pointer; a refusal then tells it. */
export type DecideItem = { item: Versioned<ReviewItem>; wanted: WantedDecision; at?: string | undefined }

export type Deciding = { customer: Customer; review: Versioned<Review> }

/**
 * All of these decisions or none, in place of earlier ones: as long as the review is open and its end hasn't come, which the
 * commit makes sure of. What is decided so already stays as it is, and who decided it.
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
  const seen = [
    { key: keys.review(review.customerId, review.id), expectedVersion: review.version },
    ...decided
      .filter((sides) => sides.after === sides.before)
      .map(({ before }) => ({ key: keyOf(before), expectedVersion: before.version })),
  ]
  if (changed.length === 0) return unchanged(after, seen)
  const writes: Write[] = [
    ...seen.map(({ key: check, expectedVersion }) => ({ check, expectedVersion, ...(until && { until }) })),
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

/** As `decideItems`, of one. */
export function decideOne(context: Context, of: Deciding, decision: DecideItem): ChangePlan<ReviewItem> {
  const plan = decideItems(context, of, [decision])
  const [after = decision.item] = plan.after
  return { ...plan, after }
}
