import type { Customer } from '../../shared/domain/customer.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import { dateOf } from '../../shared/domain/instant.ts'
import type { Reminder } from '../../shared/domain/reminder.ts'
import type { Unanswered } from '../../shared/domain/review-policy.ts'
import type { User } from '../../shared/domain/user.ts'
import type { Message } from './notifier.ts'

export type ReminderFacts = {
  reminder: Reminder
  user: Pick<User, 'name' | 'email'>
  customer: Pick<Customer, 'organisation'>
  /** What an item gets that nobody has decided. */
  unanswered: Unanswered
  /** Base URL of the API, without a slash at the end. */
  publicUrl: string
  now: Instant
}

/**
 * The message as plain text, true at that moment however late it is sent. Names are lines (`shared/domain/text.ts`), so none
 * can begin a line of its own.
 */
export function renderReminder({ reminder, user, customer, ...facts }: ReminderFacts): Message {
  const { customerId, reviewId, userId, mark, owed, endsAt } = reminder
  const days = daysBetween(facts.now, endsAt)
  const happens = mark === 'opened' ? 'has begun' : `ends ${inDays(days)}`
  const account = `${customer.organisation} (${customerId})`
  const asked = owed === 1 ? 'keep, reduce or revoke it' : 'keep, reduce or revoke each of them'
  const text = [
    `Hello ${user.name},`,
    `The access review of ${account} ${happens}.`,
    `${waiting(owed)}: ${asked}. You have until ${written(endsAt)} (${inDays(days)}).`,
    sentences[facts.unanswered],
    `What waits for you, by the API:\n${facts.publicUrl}/v1/customers/${customerId}/reviews/${reviewId}/items?reviewer=${userId}&state=open`,
  ]
  return {
    to: user.email,
    subject: plain(`Access review of ${account} ${happens}: ${waiting(owed)}`),
    text: `${text.join('\n\n')}\n`,
  }
}

/** What looks like an encoded word (RFC 2047) is one to whoever reads it, and mailers leave it as it is. */
const plain = (subject: string) => subject.replaceAll('=?', '= ?')

const waiting = (owed: number) =>
  owed === 1 ? '1 grant waits for your decision' : `${owed} grants wait for your decision`

const sentences: Record<Unanswered, string> = {
  keep: 'What nobody has decided by then is kept.',
  revoke: 'What nobody has decided by then is revoked.',
  recommendation: 'What nobody has decided by then gets what is recommended for it.',
}

/** From one day of the calendar to the other, in UTC. */
const daysBetween = (from: Instant, to: Instant) => (midnightOf(to) - midnightOf(from)) / 86_400_000
const midnightOf = (instant: Instant) => Date.parse(instant.slice(0, 10))

function inDays(days: number): string {
  if (days <= 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}

const inUtc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
// Apart, since versions of ICU differ in what they put between the two.
const weekday = inUtc({ weekday: 'long' })
const day = inUtc({ day: 'numeric', month: 'long', year: 'numeric' })

function written(instant: Instant): string {
  const date = dateOf(instant)
  return `${weekday.format(date)}, ${day.format(date)}, ${instant.slice(11, 16)} UTC`
}
