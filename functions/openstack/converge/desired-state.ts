import { readMembers } from '../../../shared/directory/grants/list-members.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { isLive, type Project } from '../../../shared/domain/entities/project.ts'
import { isRole } from '../../../shared/domain/entities/role.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import type { ProjectRef } from '../../../shared/openstack/sync/store.ts'
import { asAdmins, asCustomer } from '../../../shared/records/customers.ts'
import { listHolders } from '../../../shared/records/grants.ts'
import { asProject, listProjects } from '../../../shared/records/projects.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { allPages } from '../../../shared/table/query.ts'
import type { Table } from '../../../shared/table/table.ts'

/** A customer's OpenStack projects, those that are being deleted too. */
export async function projectsOf(table: Table, customerId: string): Promise<Project[]> {
  const projects: Project[] = []
  for await (const project of allPages((after) => listProjects(table, customerId, { after }))) {
    if (project.kind === 'openstack') projects.push(project)
  }
  return projects
}

export type DesiredState = {
  project: Versioned<Project>
  desired: DesiredProject
  /** When the first membership ends by itself. */
  expiresAt: Instant | undefined
}

/**
 * What the directory says of a project, also of one that is deleted; `undefined` where there is none. Whoever may be a
 * member is read strongly: those whom the index proposes, who are in by their type, and the `others`, whom the index may
 * not know yet.
 */
export async function readDesiredState(
  table: Table,
  { customerId, projectId }: ProjectRef,
  others: Iterable<string>,
): Promise<DesiredState | undefined> {
  const now = instantOf(table.now())
  const [customerItem, projectItem, adminsItem] = await table.getMany([
    keys.customer(customerId),
    keys.project(customerId, projectId),
    keys.admins(customerId),
  ])
  const [customer, project] = [asCustomer(customerItem), asProject(projectItem)]
  if (!customer || !project || project.kind === 'main') return undefined
  const byType = [customer.mainCustomerId, ...Object.keys(asAdmins(adminsItem)?.since ?? {})]
  const ids = new Set([...others, ...byType, ...(await holdersOf(table, customerId, projectId))])
  const members = (await readMembers(table, project, [...ids].sort())).filter(
    ({ membership }) => !isExpired(membership, now),
  )
  const { id, name, description } = project
  return {
    project,
    desired: {
      customerId,
      project: { id, name, description, status: isLive(project) ? 'active' : 'deleting' },
      suspended: customer.status !== 'active',
      members: members.map(({ user, membership }) => ({
        userId: user.id,
        email: user.email,
        active: user.status === 'active',
        roles: membership.roles.filter(isRole),
      })),
    },
    expiresAt: members.flatMap(({ membership }) => membership.expiresAt ?? []).sort()[0],
  }
}

async function holdersOf(table: Table, customerId: string, projectId: string): Promise<string[]> {
  const ids: string[] = []
  const project = { kind: 'project', id: projectId } as const
  for await (const id of allPages((after) => listHolders(table, customerId, project, { after }))) ids.push(id)
  return ids
}
