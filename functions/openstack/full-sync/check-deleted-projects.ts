import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import type { KeystoneProject } from '../../../shared/openstack/keystone/projects.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
import { findRecord } from '../../../shared/openstack/sync/store.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { keys } from '../../../shared/table/keys.ts'
import { readProjectDiff } from '../converge/project-diff.ts'
import type { Run } from '../run/deps.ts'
import { repairProject } from './check-project.ts'
import {
  type CustomerCheck,
  type DriftResult,
  handleDrift,
  noDrift,
  sumDrift,
  tolerate,
} from './handle-drift.ts'

/** Checks that deleted projects which are still in Keystone stay disabled. */
export async function checkDeletedProjects(check: CustomerCheck): Promise<DriftResult> {
  const { customerId, domainLists } = check
  const results: DriftResult[] = []
  for (const project of (await domainLists.get()).projects) {
    const owner = ownerOf(project.tags)
    if (owner?.customerId !== customerId || !mayBeInUse(project, owner)) continue
    results.push(await checkIfDeleted(check, owner.projectId))
  }
  return sumDrift(results)
}

/** False if it is disabled and has the name of a deleted project: the lists suffice to tell, without a read. */
const mayBeInUse = (
  { enabled, name }: KeystoneProject,
  { customerId, projectId }: { customerId: string; projectId: string },
) => enabled || name !== nameInKeystone(customerId, projectId)

async function checkIfDeleted(check: CustomerCheck, projectId: string): Promise<DriftResult> {
  const { deps, customerId, domainLists, customerLists } = check
  const ref = { customerId, projectId }
  const project = asProject(await deps.table.get(keys.project(customerId, projectId)))
  if (!project?.deleted) return noDrift
  const diff = await readProjectDiff(deps, ref, await domainLists.renew(), undefined)
  if (!diff || diff.plan.steps.length === 0) return noDrift
  const run: Run = { deps, ref, lists: customerLists, id: randomUUID() }
  const repair = async (event: AuditEvent) =>
    repairProject(run, await findRecord(deps.table, ref), diff, event)
  const difference = { id: projectId, steps: diff.plan.steps, repair }
  return tolerate(deps, noDrift, () => handleDrift(check, difference))
}
