import { type Claim, claimedFrom, type OwnershipPeriod } from '../../domain/entities/claim.ts'
import { type Project, projectNameKey } from '../../domain/entities/project.ts'
import { deliveryOfStamp, instantOfStamp, type Stamp } from '../../domain/values/instant.ts'
import { nameClaimItem } from '../../records/claims.ts'
import { asProject, projectItem } from '../../records/projects.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { projectChange } from '../change/audit-view.ts'
import { type Context, isEvent, type ChangePlan, changePlan, superseded } from '../change/change-plan.ts'
import { waitAgain } from '../grants/restore-claimed.ts'

export type CreateProject = { customerId: string; name: string; description?: string | undefined }

export const nameInUse = 'a project of this customer has this name'

/** The project of a name that a newer event has made, so that an older one comes before it; `undefined`: none. */
export async function findProjectCreatedLater(
  context: Context,
  customerId: string,
  { id, from, moved }: OwnershipPeriod,
): Promise<Versioned<Project> | undefined> {
  if (!isEvent(context) || from <= context.stamp || moved || !deliveryOfStamp(from)) return undefined
  return asProject(await context.table.get(keys.project(customerId, id)))
}

/** The project turns out to be older: made by this event. The newer creation of the same name waits. */
export async function createEarlierProject(
  context: Context,
  input: CreateProject,
  claim: Versioned<Claim>,
  { project, from }: { project: Versioned<Project>; from: Stamp },
): Promise<ChangePlan<Project>> {
  const { stamp, now, table } = context
  if (project.deleting || project.deleted || (project.lastDeleted ?? '') > stamp) return superseded
  const { customerId, name, description } = input
  // What people have changed since stays.
  const told = project.changed ? {} : { name, description }
  const earlier: Project = { ...project, ...told, createdAt: instantOfStamp(stamp), updatedAt: now }
  const key = keys.projectName(customerId, projectNameKey(name))
  const writes: Write[] = [
    { put: projectItem(earlier), expectedVersion: project.version },
    {
      put: nameClaimItem(customerId, name, claimedFrom(claim, project.id, stamp)),
      expectedVersion: claim.version,
    },
    ...(await waitAgain(table, from, key, nameInUse, now)),
  ]
  const changes = [projectChange({ before: project, after: earlier })]
  return changePlan(context, { customerId, eventType: 'project.created', writes, changes, after: earlier })
}
