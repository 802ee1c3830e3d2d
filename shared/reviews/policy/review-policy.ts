import * as v from 'valibot'
import { type Service, services } from '../../domain/entities/role.ts'
import { UserType } from '../../domain/entities/user-type.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { dateOf, type Instant, instantOf } from '../../domain/values/instant.ts'
import { listOf } from '../../domain/values/list.ts'

/** `automatic`: held by the user's type; `explicit`: granted. */
export const origins = ['automatic', 'explicit'] as const
export const unansweredChoices = ['keep', 'revoke', 'recommendation'] as const
export type Unanswered = (typeof unansweredChoices)[number]

const whole = (least: number, most: number) => {
  const says = `must be a whole number from ${least} to ${most}`
  return v.pipe(v.number(says), v.integer(says), v.minValue(least, says), v.maxValue(most, says))
}
const some = <T extends v.GenericSchema>(each: T, most: number) =>
  v.pipe(
    listOf(each, most),
    v.minLength(1, 'must name at least one'),
    v.check((list) => new Set(list).size === list.length, 'must not name the same twice'),
  )
const ProjectId = v.pipe(
  v.string('must be a string'),
  v.regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be the id of a project'),
)
const ServiceName = v.picklist(services, `must be one of ${services.join(', ')}`)

/** The grants to review: those that match everything named; all, where nothing is. */
export const scopeEntries = {
  projects: v.optional(some(ProjectId, 100)),
  types: v.optional(some(UserType, 5)),
  services: v.optional(some<v.GenericSchema<unknown, Service>>(ServiceName, services.length)),
  origins: v.optional(some(v.picklist(origins, `must be one of ${origins.join(', ')}`), 2)),
  /** Unused for this long, or never used. */
  unusedDays: v.optional(whole(1, 3650)),
}
export type ReviewScope = v.InferOutput<v.ObjectSchema<typeof scopeEntries, undefined>>

/** `admins`, `project` (users with `full` in the item's project), or the id of a user. */
const Reviewer = v.pipe(
  v.string('must be a string'),
  v.regex(/^(admins|project|usr_[0-9A-HJKMNP-TV-Z]{26})$/, 'must be `admins`, `project` or the id of a user'),
)

/** Ids of users among the reviewers. */
export const usersAmong = (reviewers: readonly string[]): string[] =>
  reviewers.filter((reviewer) => reviewer !== 'admins' && reviewer !== 'project')

export const mostReviewers = 20
export const mostReminders = 10

/** In force where a customer never set one. */
export const defaultPolicy: ReviewPolicy = {
  everyMonths: 3,
  days: 14,
  scope: {},
  reviewers: ['admins'],
  unanswered: 'recommendation',
  largestShare: 20,
  reminders: [7, 1],
}

/** All but the scope. */
export const policyEntries = {
  everyMonths: v.optional(
    v.union([v.literal('never'), whole(1, 36)], 'must be a whole number of months from 1 to 36, or `never`'),
    defaultPolicy.everyMonths,
  ),
  days: v.optional(whole(1, 90), defaultPolicy.days),
  reviewers: v.optional(some(Reviewer, mostReviewers), [...defaultPolicy.reviewers]),
  unanswered: v.optional(
    v.picklist(unansweredChoices, `must be one of ${unansweredChoices.join(', ')}`),
    defaultPolicy.unanswered,
  ),
  largestShare: v.optional(whole(0, 100), defaultPolicy.largestShare),
  reminders: v.optional(
    v.pipe(
      listOf(whole(1, 89), mostReminders),
      v.check((list) => new Set(list).size === list.length, 'must not name the same twice'),
      v.transform((list) => list.toSorted((one, other) => other - one)),
    ),
  ),
}

export type ReviewPolicy = {
  /** Months from one review's start to the next one's. */
  everyMonths: number | 'never'
  /** Days, of 24 hours, in which decisions can be made. */
  days: number
  scope: ReviewScope
  reviewers: readonly string[]
  /** The outcome of undecided items. */
  unanswered: Unanswered
  /** Percent of the customer's grants that reviews may take or reduce within thirty days without a decision. */
  largestShare: number
  /** Days before the end on which reviewers with undecided items are reminded, greatest first. */
  reminders: readonly number[]
}

/**
 * The fields that protect grants: they limit revocations without a decision, and give people time and notice to decide.
 * Period and scope aren't among them: a user who may set a policy may start a review of anything at once.
 */
export type Guarded = Pick<ReviewPolicy, 'days' | 'reviewers' | 'unanswered' | 'largestShare' | 'reminders'>

/** The part that is kept of a policy once another one replaces it. */
export type ReplacedPolicy = Guarded & { replacedAt: Instant }

type PolicyInput = v.InferOutput<v.ObjectSchema<typeof policyEntries, undefined>> & {
  scope?: ReviewScope | undefined
}

/** Completes a policy by its defaults. Throws `invalid-request` where a reminder would come before the review opens. */
export function completePolicy({ reminders, scope = {}, ...policy }: PolicyInput): ReviewPolicy {
  if (reminders?.some((before) => before >= policy.days)) {
    const error = {
      pointer: '/reminders',
      detail: `must each be less than the ${policy.days} days to decide`,
    }
    throw new DomainError('invalid-request', `${error.pointer} ${error.detail}`, [error])
  }
  return { ...policy, scope, reminders: reminders ?? remindersWithin(policy.days) }
}

/** Default reminders that fit into so many days. */
export const remindersWithin = (days: number): number[] =>
  defaultPolicy.reminders.filter((before) => before < days)

/** The day, by default the same, of a later month; the last day of a month that is too short. */
export function addMonths(instant: Instant, months: number, day = dateOf(instant).getUTCDate()): Instant {
  const date = dateOf(instant)
  const moved = new Date(date)
  moved.setUTCDate(1)
  moved.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(day, last))
  return `${instantOf(moved).slice(0, 23)}${instant.slice(23)}`
}
