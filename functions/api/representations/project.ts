import { presentInstant } from '../../../shared/domain/instant.ts'
import type { OpenStackView } from '../../../shared/domain/openstack.ts'
import type { Project } from '../../../shared/domain/project.ts'

const lockReason = 'the Main project stays as it is as long as its customer'

export function presentProject(project: Project, openstack: OpenStackView) {
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

function inOpenStack({ customerId, name }: Project, { state, keystoneId, error, since }: OpenStackView) {
  return {
    state,
    name: `${customerId}_${name}`,
    projectId: keystoneId,
    error,
    since: presentInstant(since),
  }
}
