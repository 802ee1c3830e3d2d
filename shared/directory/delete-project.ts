import type { Claim } from '../domain/claim.ts'
import { holderNow, released } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import type { Stamp } from '../domain/instant.ts'
import { instantOfStamp, stampOf } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
import { isMainName, NamedProject, projectNameKey } from '../domain/project-name.ts'
import { validate } from '../domain/validate.ts'
import { asClaim, nameClaimItem } from '../table/claims.ts'
import { wakeCleanup } from '../table/due.ts'
import { markerTtl } from '../table/grants.ts'
import type { Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { projectItem } from '../table/projects.ts'
import { projectChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, isEvent, planned, superseded } from './context.ts'

/**
 * From this transaction on nothing is granted or allowed there any more. With OpenStack on, the project is `deleting` and
 * keeps its name until the worker confirms (`confirmDeletion`); with OpenStack off the deletion confirms itself at once.
 */
export async function deleteProject(context: Context, project: Versioned<Project>): Promise<Plan<undefined>> {
  if (project.kind === 'main') throw mainStays()
  if (project.deleted) return superseded
  if (isEvent(context) && instantOfStamp(context.stamp) < project.createdAt) return endOlder(context, project)
  if (project.deleting) return context.openstack ? superseded : confirmDeletion(context, project)
  const claim = await findClaim(context, project)
  const at = countingAfter(context, stampOf(project.createdAt, ''), claim && holderNow(claim)?.from)
  return context.openstack ? begin(at, project) : end(at, project, claim, at.stamp)
}

/** Of an event, by the name that it uses; one that no project of the customer can have is refused too. */
export function refuseToDeleteMain({ customerId, name }: { customerId: string; name: string }): void {
  if (isMainName(customerId, name)) throw mainStays()
  validate(NamedProject(customerId), { name })
}

const mainStays = () => new DomainError('locked', 'the Main project cannot be deleted')

/** What is left once nothing of it is in OpenStack, or OpenStack is off: the name is free, a marker stays. */
export async function confirmDeletion(
  context: Context,
  project: Versioned<Project>,
): Promise<Plan<undefined> & { outcome: 'applied' }> {
  if (!project.deleting) throw new Error('nobody has deleted the project')
  return end(context, project, await findClaim(context, project), project.deleting)
}

async function findClaim({ table }: Context, { customerId, name }: Project) {
  return asClaim(await table.get(keys.projectName(customerId, projectNameKey(name))))
}

/** For what people would change about it. */
export function refuseIfGoing({ deleting }: Project): void {
  if (deleting) throw new DomainError('conflict', 'the project is being deleted')
}

function begin(at: Context, project: Versioned<Project>): Plan<undefined> {
  const going: Project = { ...project, status: 'deleting', deleting: at.stamp, updatedAt: at.now }
  const writes = [{ put: projectItem(going), was: project.version }]
  const changes = [projectChange({ before: project, after: going })]
  return planned(at, project.customerId, 'project.deletion-started', writes, changes, undefined)
}

/** Memberships end, and the clean-up removes what was stored of them. `stamp`: of the deletion. */
function end(
  { now, table, ...context }: Context,
  project: Versioned<Project>,
  claim: Versioned<Claim> | undefined,
  stamp: Stamp,
) {
  const { id, customerId, name } = project
  const deleted: Project = {
    ...project,
    deleting: undefined,
    deleted: stamp,
    updatedAt: now,
    cleanupSince: now,
  }
  const writes: Write[] = [
    { put: projectItem(deleted, markerTtl(table.now())), was: project.version },
    wakeCleanup(customerId, 'project', id, stamp),
  ]
  if (claim) {
    const item = nameClaimItem(customerId, name, released(claim, id, stamp))
    writes.push({ put: item, was: claim.version })
  }
  const changes = [projectChange({ before: project, after: deleted })]
  return planned({ ...context, now, table }, customerId, 'project.deleted', writes, changes, undefined)
}

/** Of the project that had the name before: takes what is older than itself, and leaves this one. */
function endOlder(context: Context, project: Versioned<Project>): Plan<undefined> {
  const { stamp, now } = context
  if ((project.lastDeleted ?? '') >= stamp) return superseded
  const updated: Project = { ...project, lastDeleted: stamp, updatedAt: now }
  const writes = [{ put: projectItem(updated), was: project.version }]
  const changes = [projectChange({ before: project, after: updated })]
  return planned(context, project.customerId, 'project.updated', writes, changes, undefined)
}
