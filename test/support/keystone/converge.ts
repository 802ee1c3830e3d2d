import { listAssignments } from '../../../shared/openstack/keystone/assignments.ts'
import type { Keystone } from '../../../shared/openstack/keystone/client.ts'
import { listProjectsTagged } from '../../../shared/openstack/keystone/projects.ts'
import { listRoles } from '../../../shared/openstack/keystone/roles.ts'
import { listKeystoneUsers } from '../../../shared/openstack/keystone/users.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import { findFor, listForCustomer, type Lists, withProject } from '../../../shared/openstack/plan/find.ts'
import { readMapping } from '../../../shared/openstack/plan/mapping.ts'
import { planProject } from '../../../shared/openstack/plan/plan-project.ts'
import type { KeystoneLists } from '../../../shared/openstack/plan/snapshot.ts'

export const mapping = readMapping({})
export const { domainId } = mapping

export async function everything(keystone: Keystone): Promise<KeystoneLists> {
  const [projects, users, roles, assignments] = await Promise.all([
    listProjectsTagged(keystone, 'latchkey'),
    listKeystoneUsers(keystone, domainId),
    listRoles(keystone),
    listAssignments(keystone, {}),
  ])
  return { projects, users, roles, assignments }
}

/** What a worker does for one project, in short: true if nothing was left to do. */
export async function converge(
  keystone: Keystone,
  desired: DesiredProject,
  { lists, shouldContinue }: { lists?: Lists; shouldContinue?: () => boolean } = {},
) {
  const ref = { customerId: desired.customerId, projectId: desired.project.id }
  const alone = async () =>
    withProject(keystone, ref, await listForCustomer(keystone, mapping, desired.customerId), mapping)
  const snapshot = await findFor(keystone, desired, lists ?? (await alone()), mapping)
  const { steps, projectId, obstacles } = planProject(desired, snapshot, mapping)
  const outcome = await applySteps(keystone, steps, {
    domainId,
    projectId,
    ...(shouldContinue && { shouldContinue: shouldContinue }),
  })
  return { ...outcome, steps, obstacles }
}
