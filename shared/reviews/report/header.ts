import type { Customer } from '../../domain/entities/customer.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import { type Actor, actorName } from '../../domain/values/actor.ts'
import { type Instant, presentInstant, presentOptional } from '../../domain/values/instant.ts'
import type { Reminder, ReminderRound } from '../model/reminder.ts'
import { outcomeNames } from '../model/review-item.ts'
import type { Review } from '../model/review.ts'
import type { ReportHeader } from './format.ts'

type HeaderFacts = {
  customer: Customer
  review: Review
  /** Users among the reviewers, users who were reminded, and those who started or ended the review. */
  people: readonly User[]
  reminders: readonly Reminder[]
  now: Instant
}

/** Builds a report's header: scope, progress, reviewers, reminders and outcomes. */
export function reportHeader({ customer, review, people, reminders, now }: HeaderFacts): ReportHeader {
  const { policy, state, items, outcomes, cancelledBecause, brake } = review
  const { scope, reviewers, everyMonths, days, unanswered, largestShare } = policy
  return {
    customerId: customer.id,
    reviewId: review.id,
    organisation: customer.organisation,
    state,
    reportedAt: presentInstant(now),
    startedBy: named(review.startedBy),
    startedAt: presentInstant(review.startedAt),
    openedAt: presentOptional(review.openedAt),
    endsAt: presentOptional(review.endsAt),
    applyingAt: presentOptional(review.applyingAt),
    appliedBy: review.appliedBy && named(review.appliedBy),
    closedAt: presentOptional(review.closedAt),
    cancelledAt: presentOptional(review.cancelledAt),
    cancelledBy: review.cancelledBy && named(review.cancelledBy),
    cancelledBecause,
    policy: { everyMonths, days, unanswered, largestShare, reminders: policy.reminders },
    scope: inOrder(scope, ['projects', 'types', 'services', 'origins', 'unusedDays']),
    reviewers,
    people: people.toSorted((one, other) => (one.id < other.id ? -1 : 1)).map(person),
    reminded: review.reminded.map(presentRound),
    reminders: reminders.map(presentReminder),
    itemsAtOpening: items,
    brake: brake && inOrder(brake, ['population', 'taken', 'limit', 'candidates']),
    outcomes: outcomes && inOrder(outcomes, outcomeNames),
  }
}

/** DynamoDB returns a map's entries in any order; two reports of one review have to be equal. */
function inOrder<T extends object>(values: T, names: readonly (keyof T & string)[]) {
  return Object.fromEntries(
    names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
  )
}

const named = (actor: Actor): string =>
  actor.name === undefined ? actorName(actor) : `${actorName(actor)} (${actor.name})`

function person(user: User) {
  const { id, email, name, status, deleted } = user
  return { id, email, name, type: typeOf(user), status: deleted === undefined ? status : 'deleted' }
}

const presentRound = ({ mark, at, told, missed }: ReminderRound) => ({
  mark,
  at: presentInstant(at),
  told,
  missed,
})

function presentReminder({ mark, userId, pendingCount, createdAt, sentAt, problem }: Reminder) {
  return {
    mark,
    userId,
    // The file's own word, for those who read reports.
    owed: pendingCount,
    remindedAt: presentInstant(createdAt),
    sentAt: presentOptional(sentAt),
    problem,
  }
}
