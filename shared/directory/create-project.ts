import { claimedBy, holderNow, lastReleased } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import { instantOfStamp } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
import { isMainName, NamedProject } from '../domain/project-name.ts'
import { validate } from '../domain/validate.ts'
import { nameClaimItem } from '../table/claims.ts'
import { projectItem } from '../table/projects.ts'
import { projectChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { newId, planned, superseded } from './context.ts'
import { resolve } from './resolve.ts'

export type CreateProject = { customerId: string; name: string; description?: string | undefined }

/** An OpenStack project. Main-customer and admins are members of it by their type: nothing is fanned out. */
export async function createProject(context: Context, input: CreateProject): Promise<Plan> {
  const { customerId, description } = input
  const { name } = validate(NamedProject(customerId), input)
  if (isMainName(customerId, name)) {
    throw new DomainError('locked', "the customer's identifier is the name of its Main project")
  }
  const { nameClaim, nameKey } = await resolve(context, { customerId, project: name })
  if (holderNow(nameClaim)) {
    const awaited = { key: nameKey, was: nameClaim?.version }
    throw new Awaiting('conflict', 'a project of this customer has this name', awaited)
  }
  if (lastReleased(nameClaim) > context.stamp) return superseded
  const project: Project = {
    id: newId('prj', context),
    customerId,
    kind: 'openstack',
    name,
    description,
    status: 'active',
    createdAt: instantOfStamp(context.stamp),
    updatedAt: context.now,
  }
  const claim = claimedBy(nameClaim, project.id, context.stamp)
  return planned(
    context,
    customerId,
    'project.created',
    [
      { put: projectItem(project), was: undefined },
      { put: nameClaimItem(customerId, name, claim), was: nameClaim?.version },
    ],
    [projectChange({ after: project })],
  )
}
