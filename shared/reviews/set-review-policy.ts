import { type Context, type ChangePlan, changePlan, unchanged } from '../directory/change/change-plan.ts'
import { isLive } from '../domain/entities/project.ts'
import { isSameJson } from '../domain/values/equality.ts'
import { type FieldError, fieldsError } from '../domain/values/errors.ts'
import { asProject } from '../records/projects.ts'
import { asUser } from '../records/users.ts'
import type { Expected } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { policyChange } from './audit-views.ts'
import { replacePolicy } from './policy/policy-in-force.ts'
import { type ReviewPolicy, type ReviewScope, usersAmong } from './policy/review-policy.ts'
import { nextStart, policyOf, type ReviewSchedule } from './policy/review-schedule.ts'
import { scheduleItem } from './store.ts'

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
  if (errors.length > 0) throw fieldsError('invalid-request', errors)
}

/**
 * What is wanted of a customer's reviews from the next one on, or, where it takes more or leaves less time than before, from
 * those on that start seven days later; one that is under way keeps what it began with.
 */
export function setReviewPolicy(
  context: Context,
  schedule: Expected<ReviewSchedule>,
  policy: ReviewPolicy,
): ChangePlan<ReviewSchedule> {
  if (isSameJson(policyOf(schedule), policy)) {
    return unchanged(schedule, [
      { key: keys.reviewSchedule(schedule.customerId), expectedVersion: schedule.version },
    ])
  }
  const { now } = context
  const updated: ReviewSchedule = {
    ...schedule,
    ...replacePolicy(schedule, policy, now),
    policySetAt: schedule.policySetAt ?? now,
    policyChangedAt: now,
  }
  const due = schedule.current === undefined ? nextStart(updated) : schedule.due
  return changePlan(context, {
    customerId: schedule.customerId,
    eventType: 'review-policy.set',
    writes: [{ put: scheduleItem({ ...updated, due }), expectedVersion: schedule.version }],
    changes: [policyChange({ before: schedule, after: updated })],
    after: updated,
  })
}
