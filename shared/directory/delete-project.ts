import { released } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import type { Project } from '../domain/project.ts'
import { nameClaimItem } from '../table/claims.ts'
import { markerTtl } from '../table/grants.ts'
import type { Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { asProject, projectItem } from '../table/projects.ts'
import { projectChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { getIfNamed, projectOrWait, resolve } from './resolve.ts'

/** With OpenStack off the deletion confirms itself at once: memberships end, the name is free, a marker stays. */
export async function deleteProject(
  context: Context,
  { customerId, name }: { customerId: string; name: string },
): Promise<Plan> {
  const names = await resolve(context, { customerId, project: name })
  const item = await getIfNamed(context.table, names.projectId, (id) => keys.project(customerId, id))
  const found = asProject(item)
  if (found?.kind === 'main') throw new DomainError('locked', 'the Main project cannot be deleted')
  const project = projectOrWait(context, names, name, found)
  if (project.deleted) return superseded
  const deleted: Project = { ...project, deleted: context.stamp, updatedAt: context.now }
  const writes: Write[] = [
    { put: projectItem(deleted, markerTtl(context.table.now())), was: project.version },
  ]
  if (names.nameClaim) {
    const claim = released(names.nameClaim, project.id, context.stamp)
    writes.push({ put: nameClaimItem(customerId, project.name, claim), was: names.nameClaim.version })
  }
  return planned(context, customerId, 'project.deleted', writes, [
    projectChange({ before: project, after: deleted }),
  ])
}
