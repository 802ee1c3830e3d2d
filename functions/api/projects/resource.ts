import type { Project } from '../../../shared/domain/entities/project.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import type { OpenStackView } from '../../../shared/openstack/sync/project-record.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { projectOf } from '../authorization/request-context.ts'
import { openstackOf } from '../openstack/project-state.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

const lockReason = 'the Main project stays as it is as long as its customer'

export function presentProject(project: Project, openstack: OpenStackView): Representation<'project'> {
  const { id, customerId, kind, name, description, status, createdAt, updatedAt } = project
  const isMain = kind === 'main'
  return {
    id,
    customerId,
    kind,
    name,
    description,
    status,
    locked: isMain,
    lockReason: isMain ? lockReason : undefined,
    openstack: isMain ? undefined : inOpenStack(project, openstack),
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(updatedAt),
  }
}

function inOpenStack(
  { customerId, name }: Project,
  { state, keystoneId, error, since }: OpenStackView,
): Representation<'project'>['openstack'] {
  return {
    state,
    name: `${customerId}_${name}`,
    projectId: keystoneId,
    error,
    since: presentInstant(since),
  }
}

export const projectResource: Resource<Project, Versioned<Project>> = {
  schema: 'project',
  name: 'project',
  load: projectOf,
  show: (call, project) => presentProject(project, openstackOf(call, project)),
}
