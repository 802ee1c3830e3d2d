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
import type { Mailing, NotificationsOptions, Prepared } from './send-message.ts'

/** Milliseconds until it's seen whether a suspended customer is resumed. */
const betweenLooks = 3_600_000

/** Reminds people who have accepted, of a review in which they can still decide something. */
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
  const asked = [keys.user(customerId, userId), keys.customer(customerId), keys.review(customerId, reviewId)]
  const [userItem, customerItem, reviewItem] = await table.getMany(asked)
  const [user, customer, review] = [asUser(userItem), asCustomer(customerItem), asReview(reviewItem)]
  if (!user || user.deleted) return hopeless('the user is gone')
  if (user.status !== 'active') return hopeless('the user is disabled')
  if (!customer || customer.status === 'closed') return hopeless('the customer is closed')
  if (review?.state !== 'open') return hopeless('the review is over')
  // Nobody can decide while the customer is suspended, and the end isn't known before it is resumed.
  if (customer.status === 'suspended' || review.pausedAt !== undefined) {
    return { outcome: 'later', due: addMilliseconds(now, betweenLooks) }
  }
  // A suspension has moved the end, if there was one meanwhile.
  const { endsAt = reminder.endsAt } = review
  if (endsAt <= now) return hopeless('the review is over')
  if (!hasAccepted(user)) return hopeless('nobody has signed in with the e-mail address of the user')
  if (isOutdated(review, reminder)) return hopeless('a later reminder has taken its place')
  const pendingCount = { ...reminder, endsAt }
  const { unanswered } = review.policy
  const facts = { reminder: pendingCount, user, customer, unanswered, publicUrl, now }
  const render = (unsubscribe: string) => renderReminder({ ...facts, unsubscribe })
  return { outcome: 'ready', pendingCount, kind: 'reminder', to: user.email, render }
}

export const hopeless = (problem: string) => ({ outcome: 'hopeless', problem }) as const

/** Whether people were reminded since: of those who owe nothing any more that is enough, the others get the later one. */
function isOutdated({ reminded }: Review, { mark }: Reminder): boolean {
  const told = reminded.filter(({ missed }) => !missed).map((occasion) => occasion.mark)
  return told.includes(mark) && told.at(-1) !== mark
}
