import type { FieldError } from '../domain/errors.ts'
import { refusalOf } from '../domain/errors.ts'
import { isLive } from '../domain/project.ts'
import type { ReviewScope } from '../domain/review-policy.ts'
import { usersAmong } from '../domain/review-policy.ts'
import { keys } from '../table/keys.ts'
import { asProject } from '../table/projects.ts'
import type { Table } from '../table/table.ts'
import { asUser } from '../table/users.ts'

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
