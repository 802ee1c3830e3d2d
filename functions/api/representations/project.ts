import { presentInstant } from '../../../shared/domain/instant.ts'
import type { Project } from '../../../shared/domain/project.ts'

const lockReason = 'the Main project stays as it is as long as its customer'

export function presentProject(project: Project) {
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
    openstack: isMain ? undefined : inOpenStack(project),
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(updatedAt),
  }
}

/** No Keystone is configured anywhere yet: the state since the project is there. */
function inOpenStack({ customerId, name, createdAt }: Project) {
  return { state: 'off', name: `${customerId}_${name}`, since: presentInstant(createdAt) }
}
