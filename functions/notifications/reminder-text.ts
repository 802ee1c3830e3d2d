import type { Customer } from '../../shared/domain/entities/customer.ts'
import type { User } from '../../shared/domain/entities/user.ts'
import { addMilliseconds, type Instant } from '../../shared/domain/values/instant.ts'
import { quote } from '../../shared/mail/quote.ts'
import type { Reminder } from '../../shared/reviews/model/reminder.ts'
import type { Unanswered } from '../../shared/reviews/policy/review-policy.ts'
import { footer } from './footer.ts'
import type { Message } from './notifier.ts'
import { writtenTime } from './written-time.ts'

export type ReminderFacts = {
  reminder: Reminder
  user: Pick<User, 'name' | 'email'>
  customer: Pick<Customer, 'organisation'>
  /** Outcome of undecided items. */
  unanswered: Unanswered
  /** Base URL of the API, without a slash at the end. */
  publicUrl: string
  unsubscribe: string
  now: Instant
}

/** Milliseconds for which the count is taken to be current. */
const currentFor = 15 * 60_000

/**
 * Renders a reminder as plain text that is true when it's sent, however late. The subject contains nothing that a customer
 * wrote; the text has it as quoted lines.
 */
export function renderReminder({ reminder, user, customer, unsubscribe, ...facts }: ReminderFacts): Message {
  const { customerId, reviewId, userId, mark, pendingCount, createdAt, endsAt } = reminder
  const days = daysBetween(facts.now, endsAt)
  const happens = mark === 'opened' ? 'has begun' : `ends ${inDays(days)}`
  const isLate = addMilliseconds(createdAt, currentFor) < facts.now
  const task = pendingCount === 1 ? 'keep, reduce or revoke it' : 'keep, reduce or revoke each of them'
  const counted = isLate
    ? `On ${writtenTime(createdAt)}, ${waiting(pendingCount, 'waited')}`
    : waiting(pendingCount)
  const text = [
    'Hello,',
    `the access review of our customer ${customerId} ${happens}. In their own words, the customer and you are called:`,
    `${quote(customer.organisation)}\n${quote(user.name)}`,
    `${counted}: ${task}. You have until ${writtenTime(endsAt)} (${inDays(days)}).`,
    defaultSentences[facts.unanswered],
    `What waits for you, by the API:\n${facts.publicUrl}/v1/customers/${customerId}/reviews/${reviewId}/items?reviewer=${userId}&state=open`,
    footer(unsubscribe),
  ]
  return {
    to: user.email,
    subject: `Access review of ${customerId} ${happens}`,
    text: `${text.join('\n\n')}\n`,
    unsubscribe,
  }
}

const waiting = (pendingCount: number, wait = pendingCount === 1 ? 'waits' : 'wait') =>
  `${pendingCount} ${pendingCount === 1 ? 'grant' : 'grants'} ${wait} for your decision`

const defaultSentences: Record<Unanswered, string> = {
  keep: 'What nobody has decided by then is kept.',
  revoke: 'What nobody has decided by then is revoked.',
  recommendation: 'What nobody has decided by then gets what is recommended for it.',
}

/** Calendar days (UTC) from one to the other. */
const daysBetween = (from: Instant, to: Instant) => (midnightOf(to) - midnightOf(from)) / 86_400_000
const midnightOf = (instant: Instant) => Date.parse(instant.slice(0, 10))

function inDays(days: number): string {
  if (days <= 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}
