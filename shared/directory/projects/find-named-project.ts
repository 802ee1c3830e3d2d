import { periodAt } from '../../domain/entities/claim.ts'
import type { Project } from '../../domain/entities/project.ts'
import { projectItem } from '../../records/projects.ts'
import type { Versioned } from '../../table/item.ts'
import { projectChange } from '../change/audit-view.ts'
import { type Context, type ChangePlan, changePlan, superseded } from '../change/change-plan.ts'
import { resolveProject } from '../grants/resolve.ts'
import { deleteProject } from './delete-project.ts'

/** Deletes the project of a name, for an event. */
export async function deleteNamedProject(
  context: Context,
  name: { customerId: string; name: string },
): Promise<ChangePlan<undefined>> {
  const { project, claim } = await resolveProject(context, name, { deleted: context.stamp })
  const isBefore = (periodAt(claim, context.stamp)?.from ?? '') > context.stamp
  return isBefore ? endOlder(context, project) : deleteProject(context, project, name.name)
}

/** The deletion of an earlier project of this name: ends older grants, and leaves this project. */
function endOlder(context: Context, project: Versioned<Project>): ChangePlan<undefined> {
  const { stamp, now } = context
  if (project.deleted || (project.lastDeleted ?? '') >= stamp) return superseded
  const updated: Project = { ...project, lastDeleted: stamp, updatedAt: now }
  const writes = [{ put: projectItem(updated), expectedVersion: project.version }]
  const changes = [projectChange({ before: project, after: updated })]
  return changePlan(context, {
    customerId: project.customerId,
    eventType: 'project.updated',
    writes,
    changes,
    after: undefined,
  })
}
