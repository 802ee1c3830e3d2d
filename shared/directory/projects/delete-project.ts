import { type Claim, ended, holderNow } from '../../domain/entities/claim.ts'
import { isMainName, NamedProject, type Project, projectNameKey } from '../../domain/entities/project.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { type Stamp, stampOf } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import { asClaim, nameClaimItem } from '../../records/claims.ts'
import { requestCleanup } from '../../records/cleanup-requests.ts'
import { tombstoneTtl } from '../../records/grants.ts'
import { projectItem } from '../../records/projects.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { projectChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  type ChangePlan,
  changePlan,
  superseded,
} from '../change/change-plan.ts'

/**
 * Ends all rights in the project. With OpenStack on, the project is `deleting` and keeps its name until the worker
 * confirms (`confirmDeletion`); with OpenStack off the deletion confirms itself at once. `named`: the name in the
 * event, as the project may have another one by now.
 */
export async function deleteProject(
  context: Context,
  project: Versioned<Project>,
  named = project.name,
): Promise<ChangePlan<undefined>> {
  if (project.kind === 'main') throw mainStays()
  if (project.deleted) return project.deleted === context.stamp ? planKnown(context, project) : superseded
  if (project.deleting) return context.openstack ? superseded : confirmDeletion(context, project)
  const claims = await findClaims(context, project, named)
  const from = claims.map(({ claim }) => holderNow(claim)?.from)
  const at = timestampAfter(context, stampOf(project.createdAt, ''), ...from)
  return context.openstack ? begin(at, project) : end(at, project, claims, at.stamp)
}

/** Throws for an event that names Main, or a name that no project of the customer can have. */
export function refuseToDeleteMain({ customerId, name }: { customerId: string; name: string }): void {
  if (isMainName(customerId, name)) throw mainStays()
  validate(NamedProject(customerId), { name })
}

const mainStays = () => new DomainError('locked', 'the Main project cannot be deleted')

/**
 * Completes a deletion once OpenStack has nothing of the project, or is off: the name becomes free, and a tombstone
 * stays.
 */
export async function confirmDeletion(
  context: Context,
  project: Versioned<Project>,
): Promise<ChangePlan<undefined> & { outcome: 'applied' }> {
  if (!project.deleting) throw new Error('nobody has deleted the project')
  return end(context, project, await findClaims(context, project), project.deleting)
}

/** A deletion that arrived before the creation of its project gets an audit event of its own all the same. */
function planKnown(context: Context, project: Versioned<Project>): ChangePlan<undefined> {
  const writes = [
    { put: projectItem(project, tombstoneTtl(context.table.now())), expectedVersion: project.version },
  ]
  const changes = [projectChange({ before: project, after: project })]
  return changePlan(context, {
    customerId: project.customerId,
    eventType: 'project.deleted',
    writes,
    changes,
    after: undefined,
  })
}

type NamedClaim = { name: string; claim: Versioned<Claim> }

/** The claims of its name, and of the name in the event. */
async function findClaims(
  { table }: Context,
  { customerId, name }: Project,
  named = name,
): Promise<NamedClaim[]> {
  const names = projectNameKey(named) === projectNameKey(name) ? [name] : [name, named]
  const items = await table.getMany(names.map((each) => keys.projectName(customerId, projectNameKey(each))))
  return names.flatMap((each, place) => {
    const claim = asClaim(items[place])
    return claim ? [{ name: each, claim }] : []
  })
}

function begin(at: Context, project: Versioned<Project>): ChangePlan<undefined> {
  const going: Project = { ...project, status: 'deleting', deleting: at.stamp, updatedAt: at.now }
  const writes = [{ put: projectItem(going), expectedVersion: project.version }]
  const changes = [projectChange({ before: project, after: going })]
  return changePlan(at, {
    customerId: project.customerId,
    eventType: 'project.deletion-started',
    writes,
    changes,
    after: undefined,
  })
}

/** Ends the memberships; the clean-up removes the stored ones. `stamp`: of the deletion. */
function end(
  { now, table, ...context }: Context,
  project: Versioned<Project>,
  claims: readonly NamedClaim[],
  stamp: Stamp,
) {
  const { id, customerId } = project
  const deleted: Project = {
    ...project,
    deleting: undefined,
    deleted: stamp,
    updatedAt: now,
    cleanupSince: now,
  }
  const writes: Write[] = [
    { put: projectItem(deleted, tombstoneTtl(table.now())), expectedVersion: project.version },
    requestCleanup(customerId, 'project', id, stamp),
    ...claims.map(({ name, claim }) => ({
      put: nameClaimItem(customerId, name, ended(claim, id, stamp)),
      expectedVersion: claim.version,
    })),
  ]
  const changes = [projectChange({ before: project, after: deleted })]
  return changePlan(
    { ...context, now, table },
    { customerId, eventType: 'project.deleted', writes, changes, after: undefined },
  )
}
