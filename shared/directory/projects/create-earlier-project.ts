import { type Claim, claimedFrom, type OwnershipPeriod } from '../../domain/entities/claim.ts'
import { type Project, projectNameKey } from '../../domain/entities/project.ts'
import { deliveryOfStamp, instantOfStamp, type Stamp } from '../../domain/values/instant.ts'
import { nameClaimItem } from '../../records/claims.ts'
import { asProject, projectItem } from '../../records/projects.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { projectChange } from '../change/audit-view.ts'
import { type Context, isEvent, type ChangePlan, changePlan, superseded } from '../change/change-plan.ts'
import { restoreCreation } from '../grants/restore-claimed.ts'

export type CreateProject = { customerId: string; name: string; description?: string | undefined }

export const nameInUse = 'a project of this customer has this name'

/** Finds the project of a name that a newer event has created, so that an older creation comes before it. */
export async function findProjectCreatedLater(
  context: Context,
  customerId: string,
  { id, from, moved }: OwnershipPeriod,
): Promise<Versioned<Project> | undefined> {
  if (!isEvent(context) || from <= context.stamp || moved || !deliveryOfStamp(from)) return undefined
  return asProject(await context.table.get(keys.project(customerId, id)))
}

/** Moves the creation of the project back to this older event. The newer creation of the same name waits. */
export async function createEarlierProject(
  context: Context,
  input: CreateProject,
  claim: Versioned<Claim>,
  { project, from }: { project: Versioned<Project>; from: Stamp },
): Promise<ChangePlan<Project>> {
  const { stamp, now, table } = context
  if (project.deleting || project.deleted || (project.lastDeleted ?? '') > stamp) return superseded
  const { customerId, name, description } = input
  // A name or description set by people stays.
  const terms = project.changed ? {} : { name, description }
  const earlier: Project = { ...project, ...terms, createdAt: instantOfStamp(stamp), updatedAt: now }
  const key = keys.projectName(customerId, projectNameKey(name))
  const writes: Write[] = [
    { put: projectItem(earlier), expectedVersion: project.version },
    {
      put: nameClaimItem(customerId, name, claimedFrom(claim, project.id, stamp)),
      expectedVersion: claim.version,
    },
    ...(await restoreCreation(table, from, key, nameInUse, now)),
  ]
  const changes = [projectChange({ before: project, after: earlier })]
  return changePlan(context, { customerId, eventType: 'project.created', writes, changes, after: earlier })
}
