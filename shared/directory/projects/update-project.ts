import { claimedBy, holderNow, lastReleased, released } from '../../domain/entities/claim.ts'
import {
  isMainName,
  NamedProject,
  type Project,
  projectNameKey,
  refuseIfGoing,
} from '../../domain/entities/project.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { validate } from '../../domain/values/validate.ts'
import { asClaim, nameClaimItem } from '../../records/claims.ts'
import { projectItem } from '../../records/projects.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { projectChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  type ChangePlan,
  changePlan,
  unchanged,
} from '../change/change-plan.ts'

/** An explicit `undefined` removes the description; an absent one leaves it. */
export type UpdateProject = { name?: string | undefined; description?: string | undefined }

/** Renames and describes an OpenStack project; the old name is free at once. */
export async function updateProject(
  context: Context,
  project: Versioned<Project>,
  input: UpdateProject,
): Promise<ChangePlan<Project>> {
  if (project.kind === 'main') throw new DomainError('locked', 'the Main project cannot be changed')
  refuseIfGoing(project)
  const { customerId } = project
  const name = input.name === undefined ? project.name : validate(NamedProject(customerId), input).name
  const isSame =
    name === project.name && (!('description' in input) || input.description === project.description)
  if (isSame)
    return unchanged(project, [
      { key: keys.project(customerId, project.id), expectedVersion: project.version },
    ])
  const { at, writes } = await moveName(context, project, name)
  const updated: Project = {
    ...project,
    name,
    ...('description' in input && { description: input.description }),
    updatedAt: at.now,
    changed: true,
  }
  return changePlan(at, {
    customerId,
    eventType: 'project.updated',
    writes: [{ put: projectItem(updated), expectedVersion: project.version }, ...writes],
    changes: [projectChange({ before: project, after: updated })],
    after: updated,
  })
}

async function moveName(
  context: Context,
  { id, customerId, name: present }: Project,
  name: string,
): Promise<{ at: Context; writes: Write[] }> {
  if (projectNameKey(name) === projectNameKey(present)) return { at: context, writes: [] }
  if (isMainName(customerId, name)) {
    throw new DomainError('locked', "the customer's identifier is the name of its Main project")
  }
  const find = async (text: string) =>
    asClaim(await context.table.get(keys.projectName(customerId, projectNameKey(text))))
  const [left, taken] = await Promise.all([find(present), find(name)])
  if (holderNow(taken)) throw new DomainError('conflict', 'a project of this customer has this name')
  const at = timestampAfter(context, lastReleased(taken), left && holderNow(left)?.from)
  const writes: Write[] = [
    {
      put: nameClaimItem(customerId, name, claimedBy(taken, id, at.stamp, true)),
      expectedVersion: versionOf(taken),
    },
  ]
  if (left) {
    writes.push({
      put: nameClaimItem(customerId, present, released(left, id, at.stamp)),
      expectedVersion: left.version,
    })
  }
  return { at, writes }
}
