import { claimedBy, ended, periodAt, lastGone, lastReleased } from '../../domain/entities/claim.ts'
import { isMainName, NamedProject, type Project } from '../../domain/entities/project.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { instantOfStamp } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import { nameClaimItem } from '../../records/claims.ts'
import { tombstoneTtl } from '../../records/grants.ts'
import { projectItem } from '../../records/projects.ts'
import { versionOf, type Write } from '../../table/item.ts'
import { projectChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isEvent,
  newId,
  type ChangePlan,
  changePlan,
  superseded,
} from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { resolveProjectName } from '../grants/resolve.ts'
import { restoreGrantsOfProject } from '../grants/restore-grants.ts'
import { orderAmongAdmins } from '../users/admins.ts'
import {
  createEarlierProject,
  type CreateProject,
  findProjectCreatedLater,
  nameInUse,
} from './create-earlier-project.ts'

export type { CreateProject }

/** Creates an OpenStack project. Main-customer and admins are members by their type: nothing is fanned out. */
export async function createProject(context: Context, input: CreateProject): Promise<ChangePlan<Project>> {
  const { customerId, description } = input
  const { name } = validate(NamedProject(customerId), input)
  if (isMainName(customerId, name)) {
    throw new DomainError('locked', "the customer's identifier is the name of its Main project")
  }
  const [{ claim: nameClaim, key: nameKey }, order] = await Promise.all([
    resolveProjectName(context, customerId, name),
    orderAmongAdmins(context, customerId),
  ])
  const at = timestampAfter(order.context, lastReleased(nameClaim), nameClaim?.unclaimed?.deleted)
  const present = periodAt(nameClaim, at.stamp)
  if (present?.until) return superseded
  if (present) {
    const later = nameClaim && (await findProjectCreatedLater(at, customerId, present))
    if (later)
      return createEarlierProject(at, { ...input, name }, nameClaim, { project: later, from: present.from })
    const dependency = { key: nameKey, expectedVersion: versionOf(nameClaim) }
    throw new PendingDependency('conflict', nameInUse, dependency)
  }
  const deleted = nameClaim?.unclaimed?.deleted
  const isGone = deleted !== undefined && deleted > at.stamp
  const gone = lastGone(nameClaim)
  if (gone && !isGone && isEvent(context)) await restoreGrantsOfProject(context, customerId, gone.id)
  const createdAt = instantOfStamp(at.stamp)
  const project: Project = {
    id: newId('prj', createdAt),
    customerId,
    kind: 'openstack',
    name,
    description,
    status: 'active',
    createdAt,
    updatedAt: at.now,
    // A newer deletion may have arrived before its creation: then the project is created as deleted.
    ...(isGone ? { deleted } : { lastDeleted: deleted }),
  }
  const taken = claimedBy(nameClaim, project.id, at.stamp)
  const claim = isGone ? ended(taken, project.id, deleted) : taken
  const writes: Write[] = [
    {
      put: projectItem(project, isGone ? tombstoneTtl(context.table.now()) : undefined),
      expectedVersion: 'absent',
    },
    { put: nameClaimItem(customerId, name, claim), expectedVersion: versionOf(nameClaim) },
    ...order.writes,
  ]
  return changePlan(at, {
    customerId,
    eventType: 'project.created',
    writes,
    changes: [projectChange({ after: project })],
    after: project,
  })
}
