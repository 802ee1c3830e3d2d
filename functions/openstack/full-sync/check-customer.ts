import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { listForCustomer } from '../../../shared/openstack/plan/find.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { listOpenStackProjects } from '../converge/project-diff.ts'
import { isTimeUp, type OpenStackDeps } from '../run/deps.ts'
import { type SharedLists, shareLists } from '../run/shared-lists.ts'
import { checkDeletedProjects } from './check-deleted-projects.ts'
import { checkProject } from './check-project.ts'
import { checkUsers } from './check-users.ts'
import {
  type CustomerCheck,
  type DriftMode,
  type DriftResult,
  type Reported,
  sumDrift,
  tolerate,
} from './handle-drift.ts'

/** Projects checked concurrently. */
const concurrency = 4
const customerListsMaxAge = 10_000

/** Compares all users and projects of a customer, the deleted ones too, with Keystone. */
export async function checkCustomer(
  deps: OpenStackDeps,
  { id: customerId }: Customer,
  domainLists: SharedLists,
  options: { mode: DriftMode; reportedBefore: Reported },
): Promise<DriftResult & { projects: number }> {
  const { keystone, mapping, table } = deps
  const read = () => listForCustomer(keystone, mapping, customerId)
  const customerLists = shareLists({ read, now: table.now, maxAge: customerListsMaxAge })
  const check: CustomerCheck = { deps, customerId, domainLists, customerLists, ...options }
  const projects = await listOpenStackProjects(table, customerId)
  // Users first: a user who differs would be reported again in each of their projects.
  const users = await checkUsers(check)
  const drifted = await mapConcurrent(projects, concurrency, async ({ id: projectId }) => {
    if (isTimeUp(deps, instantOf(table.now()))) return false
    return tolerate(deps, false, () => checkProject(check, projectId))
  })
  const deleted = await checkDeletedProjects(check)
  const { drift, reported } = sumDrift([users, deleted])
  return { projects: projects.length, drift: drift + drifted.filter(Boolean).length, reported }
}
