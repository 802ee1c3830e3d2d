import { hasAccepted } from '../../shared/domain/entities/user.ts'
import { addMilliseconds, type Instant } from '../../shared/domain/values/instant.ts'
import { asCustomer } from '../../shared/records/customers.ts'
import { asUser } from '../../shared/records/users.ts'
import type { Reminder } from '../../shared/reviews/model/reminder.ts'
import type { Review } from '../../shared/reviews/model/review.ts'
import { findReminder, type ReminderRef, reminderWrite } from '../../shared/reviews/reminder-store.ts'
import { asReview } from '../../shared/reviews/store.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import { renderReminder } from './reminder-text.ts'
import { type Mailing, type NotificationsOptions, type Prepared, undeliverable } from './send-message.ts'

/** Milliseconds until the next attempt while the customer is suspended. */
const suspendedPause = 3_600_000

/** Reminders of users who have accepted, of an open review. */
export const remindersBy = (
  options: Pick<NotificationsOptions, 'table' | 'publicUrl'>,
  ref: ReminderRef,
): Mailing<Reminder> => ({
  find: (table) => findReminder(table, ref),
  write: reminderWrite,
  prepare: (reminder, now) => prepareReminder(options, reminder, now),
})

async function prepareReminder(
  { table, publicUrl }: Pick<NotificationsOptions, 'table' | 'publicUrl'>,
  reminder: Versioned<Reminder>,
  now: Instant,
): Promise<Prepared<Reminder>> {
  const { customerId, reviewId, userId } = reminder
  const itemKeys = [
    keys.user(customerId, userId),
    keys.customer(customerId),
    keys.review(customerId, reviewId),
  ]
  const [userItem, customerItem, reviewItem] = await table.getMany(itemKeys)
  const [user, customer, review] = [asUser(userItem), asCustomer(customerItem), asReview(reviewItem)]
  if (!user || user.deleted) return undeliverable('the user is gone')
  if (user.status !== 'active') return undeliverable('the user is disabled')
  if (!customer || customer.status === 'closed') return undeliverable('the customer is closed')
  if (review?.state !== 'open') return undeliverable('the review is over')
  // Nobody can decide while the customer is suspended, and resuming moves the end.
  if (customer.status === 'suspended' || review.pausedAt !== undefined) {
    return { outcome: 'later', due: addMilliseconds(now, suspendedPause) }
  }
  // A suspension since then may have moved the end.
  const { endsAt = reminder.endsAt } = review
  if (endsAt <= now) return undeliverable('the review is over')
  if (!hasAccepted(user)) return undeliverable('nobody has signed in with the e-mail address of the user')
  if (isOutdated(review, reminder)) return undeliverable('a later reminder has taken its place')
  const pending = { ...reminder, endsAt }
  const { unanswered } = review.policy
  const facts = { reminder: pending, user, customer, unanswered, publicUrl, now }
  const render = (unsubscribe: string) => renderReminder({ ...facts, unsubscribe })
  return { outcome: 'ready', pending, kind: 'reminder', to: user.email, render }
}

/** True if a later round has taken place: reviewers with undecided items get that reminder, the others need none. */
function isOutdated({ reminded }: Review, { mark }: Reminder): boolean {
  const marks = reminded.filter(({ missed }) => !missed).map((round) => round.mark)
  return marks.includes(mark) && marks.at(-1) !== mark
}
