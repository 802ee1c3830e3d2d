import { claimedBy, holderNow, lastReleased } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import { instantOfStamp } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
import { isMainName, NamedProject } from '../domain/project-name.ts'
import { validate } from '../domain/validate.ts'
import { nameClaimItem } from '../table/claims.ts'
import { projectItem } from '../table/projects.ts'
import { orderAmongAdmins } from './admins.ts'
import { projectChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { countingAfter, newId, planned, superseded } from './context.ts'
import { resolve } from './resolve.ts'

export type CreateProject = { customerId: string; name: string; description?: string | undefined }

/** An OpenStack project. Main-customer and admins are members of it by their type: nothing is fanned out. */
export async function createProject(context: Context, input: CreateProject): Promise<Plan<Project>> {
  const { customerId, description } = input
  const { name } = validate(NamedProject(customerId), input)
  if (isMainName(customerId, name)) {
    throw new DomainError('locked', "the customer's identifier is the name of its Main project")
  }
  const [{ nameClaim, nameKey }, order] = await Promise.all([
    resolve(context, { customerId, project: name }),
    orderAmongAdmins(context, customerId),
  ])
  if (holderNow(nameClaim)) {
    const awaited = { key: nameKey, was: nameClaim?.version }
    throw new Awaiting('conflict', 'a project of this customer has this name', awaited)
  }
  const at = countingAfter(order.context, lastReleased(nameClaim))
  if (lastReleased(nameClaim) > at.stamp) return superseded
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
  }
  const claim = claimedBy(nameClaim, project.id, at.stamp)
  const writes = [
    { put: projectItem(project), was: undefined },
    { put: nameClaimItem(customerId, name, claim), was: nameClaim?.version },
    ...order.writes,
  ]
  return planned(at, customerId, 'project.created', writes, [projectChange({ after: project })], project)
}
