import type { Customer } from '../../shared/domain/customer.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { Reminder } from '../../shared/domain/reminder.ts'
import type { Unanswered } from '../../shared/domain/review-policy.ts'
import type { User } from '../../shared/domain/user.ts'
import { asCustomer } from '../../shared/table/customers.ts'
import { keys } from '../../shared/table/keys.ts'
import { asReview } from '../../shared/table/reviews.ts'
import type { Table } from '../../shared/table/table.ts'
import { asUser } from '../../shared/table/users.ts'

/** Whom it reminds of what; or why there's nobody to remind of anything, in words that name nobody. */
export type Circumstances =
  | { user: User; customer: Customer; unanswered: Unanswered; endsAt: Instant }
  /** Nobody can decide while the customer is suspended, and the end isn't known before it is resumed. */
  | 'paused'
  | { problem: string }

/** As it is now, read strongly. */
export async function readCircumstances(
  table: Table,
  { customerId, reviewId, userId, endsAt: endedThen }: Reminder,
  now: Instant,
): Promise<Circumstances> {
  const asked = [keys.user(customerId, userId), keys.customer(customerId), keys.review(customerId, reviewId)]
  const [userItem, customerItem, reviewItem] = await table.getMany(asked)
  const [user, customer, review] = [asUser(userItem), asCustomer(customerItem), asReview(reviewItem)]
  if (!user || user.deleted) return { problem: 'the user is gone' }
  if (user.status !== 'active') return { problem: 'the user is disabled' }
  if (!customer || customer.status === 'closed') return { problem: 'the customer is closed' }
  if (review?.state !== 'open') return { problem: 'the review is over' }
  if (customer.status === 'suspended' || review.pausedAt !== undefined) return 'paused'
  const { endsAt = endedThen } = review
  if (endsAt <= now) return { problem: 'the review is over' }
  return { user, customer, unanswered: review.policy.unanswered, endsAt }
}
