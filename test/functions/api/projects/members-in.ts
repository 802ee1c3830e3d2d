import { membershipOf } from '../../../../shared/domain/access/membership.ts'
import { asAdmins } from '../../../../shared/records/customers.ts'
import { asGrant } from '../../../../shared/records/grants.ts'
import { asProject } from '../../../../shared/records/projects.ts'
import { asUser } from '../../../../shared/records/users.ts'
import { keys } from '../../../../shared/table/keys.ts'
import type { Shadow } from '../../../support/shadow.ts'

/** Who is in the project, by user id. */
export function membersIn(shadow: Shadow, c: string, projectId: string): string[] {
  const project = asProject(shadow.get(keys.project(c, projectId)))
  const users = shadow.all().flatMap((item) => (item.sk === 'USER' ? [asUser(item)] : []))
  const members = users.flatMap((user) => {
    if (!user || !project || user.deleted) return []
    const stored = asGrant(shadow.get(keys.grant(c, user.id, 'project', projectId)))
    return membershipOf(user, project, stored) ? [user.id] : []
  })
  return members.sort()
}

export function adminsIn(shadow: Shadow, c: string): string[] {
  return Object.keys(asAdmins(shadow.get(keys.admins(c)))?.since ?? {}).sort()
}
