import { type Context, type ChangePlan, changePlan, unchanged } from '../directory/change/change-plan.ts'
import { isLive } from '../domain/entities/project.ts'
import { isSameJson } from '../domain/values/equality.ts'
import { type FieldError, fieldsError } from '../domain/values/errors.ts'
import { asProject } from '../records/projects.ts'
import { asUser } from '../records/users.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { policyChange } from './audit-views.ts'
import { replacePolicy } from './policy/policy-in-force.ts'
import { type ReviewPolicy, type ReviewScope, usersAmong } from './policy/review-policy.ts'
import { nextStart, policyOf, type ReviewSchedule } from './policy/review-schedule.ts'
import { scheduleItem } from './store.ts'
import type { CurrentSchedule } from './transition.ts'

type Named = { scope?: ReviewScope | undefined; reviewers?: readonly string[] | undefined }

/** Throws `invalid-request` with each named user and project that doesn't exist. */
export async function checkNames(
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
 * Plans a customer's policy for the next review on. Where it takes more or leaves less time than before, it counts for
 * reviews that start seven days later. A review under way keeps the policy it began with.
 */
export function setReviewPolicy(
  context: Context,
  { version: expectedVersion, ...schedule }: CurrentSchedule,
  policy: ReviewPolicy,
): ChangePlan<ReviewSchedule> {
  if (isSameJson(policyOf(schedule), policy)) {
    return unchanged(schedule, [{ key: keys.reviewSchedule(schedule.customerId), expectedVersion }])
  }
  const { now } = context
  const updated: ReviewSchedule = {
    ...schedule,
    ...replacePolicy(schedule, policy, now),
    policySetAt: schedule.policySetAt ?? now,
    policyChangedAt: now,
  }
  const due = schedule.current === undefined ? nextStart(updated) : schedule.due
  const before = { ...schedule, version: expectedVersion === 'absent' ? 0 : expectedVersion }
  return changePlan(context, {
    customerId: schedule.customerId,
    eventType: 'review-policy.set',
    writes: [{ put: scheduleItem({ ...updated, due }), expectedVersion }],
    changes: [policyChange({ before, after: updated })],
    after: updated,
  })
}
