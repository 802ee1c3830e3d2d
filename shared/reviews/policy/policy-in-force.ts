import { addDays, type Instant, latest } from '../../domain/values/instant.ts'
import {
  type Guarded,
  mostReminders,
  mostReviewers,
  type ReplacedPolicy,
  type ReviewPolicy,
  type Unanswered,
} from './review-policy.ts'
import { policyOf, type ReviewSchedule } from './review-schedule.ts'

/**
 * Days after which a loosened policy counts. Without them, setting a policy, starting a review and ending it early, in a row,
 * would revoke grants that the policy before protects. A review that starts sooner goes by the strictest value in force in
 * these days, field by field; so a tightened policy counts at once.
 */
const noticeDays = 7

/** Replaced policies kept at most; of more, the oldest two merge into the stricter of both. */
const mostReplaced = 10

type Policies = Pick<ReviewSchedule, 'policy' | 'replaced'>

const guardedOf = ({ days, reviewers, unanswered, largestShare, reminders }: Guarded): Guarded => ({
  days,
  reviewers,
  unanswered,
  largestShare,
  reminders,
})

/** A recommendation takes no more than `revoke`, which takes everything. */
const mildestFirst: readonly Unanswered[] = ['keep', 'recommendation', 'revoke']

/** Takes the least, leaves the most time, and has all reviewers and reminders of both, those of `one` first. */
function strictest(one: Guarded, other: Guarded): Guarded {
  return {
    days: Math.max(one.days, other.days),
    reviewers: either(one.reviewers, other.reviewers).slice(0, mostReviewers),
    unanswered: mildestFirst.find((each) => each === one.unanswered || each === other.unanswered) ?? 'keep',
    largestShare: Math.min(one.largestShare, other.largestShare),
    reminders: either(one.reminders, other.reminders).slice(0, mostReminders).sort(greatestFirst),
  }
}

const greatestFirst = (one: number, other: number) => other - one
const either = <T>(one: readonly T[], other: readonly T[]): T[] => [...new Set([...one, ...other])]

const isSame = (one: Guarded, other: Guarded): boolean => textOf(one) === textOf(other)
function textOf(policy: Guarded): string {
  const { reviewers, reminders, ...rest } = guardedOf(policy)
  return JSON.stringify([rest, reviewers.toSorted(), reminders.toSorted(greatestFirst)])
}

const countsUntil = ({ replacedAt }: ReplacedPolicy): Instant => addDays(replacedAt, noticeDays)

/** The policy of a review that starts at that time, if nobody sets another one before. */
export function policyInForce(schedule: Policies, at: Instant): ReviewPolicy {
  const policy = policyOf(schedule)
  const counting = (schedule.replaced ?? []).filter((each) => countsUntil(each) > at)
  const [first, ...more] = counting
  if (!first) return policy
  return { ...policy, ...[...more, policy].reduce<Guarded>(strictest, guardedOf(first)) }
}

/** Sets the policy, and keeps those before it that still count where they are stricter. */
export function replacePolicy(schedule: Policies, policy: ReviewPolicy, now: Instant): Required<Policies> {
  const before = policyOf(schedule)
  const known = schedule.replaced ?? []
  // Clocks may differ: a policy isn't replaced earlier than its predecessor was.
  const replacedAt = latest([now, known.at(-1)?.replacedAt]) ?? now
  const counting = known.filter((each) => countsUntil(each) > now)
  const isLooser = !isSame(strictest(before, policy), policy)
  const replaced = isLooser ? [...counting, { ...guardedOf(before), replacedAt }] : counting
  const [first, second, ...rest] = replaced
  if (!first || !second || replaced.length <= mostReplaced) return { policy, replaced }
  return { policy, replaced: [{ ...strictest(first, second), replacedAt: second.replacedAt }, ...rest] }
}

/** Policies of reviews that start before these times, in order, while they differ from the policy itself. */
export function transitionsOf(schedule: Policies, now: Instant): (Guarded & { until: Instant })[] {
  const policy = policyOf(schedule)
  const times = [...new Set((schedule.replaced ?? []).map(countsUntil))].filter((until) => until > now)
  return times
    .map((until, place) => ({ ...guardedOf(policyInForce(schedule, times[place - 1] ?? now)), until }))
    .filter((each) => !isSame(each, policy))
    .filter((each, place, all) => {
      const next = all[place + 1]
      return !next || !isSame(each, next)
    })
}
