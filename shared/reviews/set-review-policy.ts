import { type Context, type Plan, planned, unchanged } from '../directory/change/change-plan.ts'
import { isLive } from '../domain/entities/project.ts'
import { isSameJson } from '../domain/values/equality.ts'
import { type FieldError, refusalOf } from '../domain/values/errors.ts'
import { asProject } from '../records/projects.ts'
import { asUser } from '../records/users.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { policyChange } from './audit-views.ts'
import { replacePolicy } from './policy/policy-in-force.ts'
import { type ReviewPolicy, type ReviewScope, usersAmong } from './policy/review-policy.ts'
import { nextStart, policyOf, type ReviewSchedule } from './policy/review-schedule.ts'
import { scheduleItem } from './store.ts'
import { versionOf } from './transition.ts'

type Named = { scope?: ReviewScope | undefined; reviewers?: readonly string[] | undefined }

/** Throws `invalid-request` with each user and project that is named for reviews and isn't there. */
export async function refuseUnknownNames(
  table: Table,
  customerId: string,
  { scope: { projects = [] } = {}, reviewers = [] }: Named,
): Promise<void> {
  const userIds = usersAmong(reviewers)
  const [users, found] = await Promise.all([
    table.getMany(userIds.map((id) => keys.user(customerId, id))),
    table.getMany(projects.map((id) => keys.project(customerId, id))),
  ])
  const errors: FieldError[] = [
    ...userIds
      .filter((_id, place) => asUser(users[place])?.deleted !== undefined || !users[place])
      .map((id) => ({
        pointer: `/reviewers/${reviewers.indexOf(id)}`,
        detail: 'is no user of this customer',
      })),
    ...projects
      .map((_id, place) => ({ place, project: asProject(found[place]) }))
      .filter(({ project }) => !project || !isLive(project))
      .map(({ place }) => ({
        pointer: `/scope/projects/${place}`,
        detail: 'is no project of this customer',
      })),
  ]
  if (errors.length > 0) throw refusalOf('invalid-request', errors)
}

/**
 * What is wanted of a customer's reviews from the next one on, or, where it takes more or leaves less time than before, from
 * those on that start seven days later; one that is under way keeps what it began with.
 */
export function setReviewPolicy(
  context: Context,
  calendar: Versioned<ReviewSchedule>,
  policy: ReviewPolicy,
): Plan<ReviewSchedule> {
  if (isSameJson(policyOf(calendar), policy)) {
    return unchanged(calendar, [{ key: keys.reviewSchedule(calendar.customerId), was: versionOf(calendar) }])
  }
  const { now } = context
  const updated: ReviewSchedule = {
    ...calendar,
    ...replacePolicy(calendar, policy, now),
    policySetAt: calendar.policySetAt ?? now,
    policyChangedAt: now,
  }
  const due = calendar.current === undefined ? nextStart(updated) : calendar.due
  return planned(
    context,
    calendar.customerId,
    'review-policy.set',
    [{ put: scheduleItem({ ...updated, due }), was: versionOf(calendar) }],
    [policyChange({ before: calendar, after: updated })],
    updated,
  )
}
