import { holderNow, released } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import { instantOfStamp, stampOf } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
import { projectNameKey } from '../domain/project-name.ts'
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
 * With OpenStack off the deletion confirms itself at once: memberships end, the name is free, a marker stays. The
 * clean-up removes what was stored of the memberships.
 */
export async function deleteProject(context: Context, project: Versioned<Project>): Promise<Plan<undefined>> {
  if (project.kind === 'main') throw new DomainError('locked', 'the Main project cannot be deleted')
  if (project.deleted) return superseded
  if (isEvent(context) && instantOfStamp(context.stamp) < project.createdAt) return endOlder(context, project)
  const { id, customerId, name } = project
  const claim = asClaim(await context.table.get(keys.projectName(customerId, projectNameKey(name))))
  const at = countingAfter(context, stampOf(project.createdAt, ''), claim && holderNow(claim)?.from)
  const { now, stamp } = at
  const deleted: Project = { ...project, deleted: stamp, updatedAt: now, cleanupSince: now }
  const writes: Write[] = [
    { put: projectItem(deleted, markerTtl(context.table.now())), was: project.version },
    wakeCleanup(customerId, 'project', id, stamp),
  ]
  if (claim) {
    const item = nameClaimItem(customerId, name, released(claim, id, stamp))
    writes.push({ put: item, was: claim.version })
  }
  const changes = [projectChange({ before: project, after: deleted })]
  return planned(at, customerId, 'project.deleted', writes, changes, undefined)
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
