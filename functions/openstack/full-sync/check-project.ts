import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { withProject } from '../../../shared/openstack/plan/find.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findFanOutPending, findRecord } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { applyPlan, convergeProject, isDue } from '../converge/converge-project.ts'
import { type ProjectDiff, readProjectDiff } from '../converge/project-diff.ts'
import {
  acquireLease,
  deleteRecord,
  type KnownRecord,
  markDrifted,
  markReady,
  releaseLease,
  scheduleRetry,
} from '../converge/record-result.ts'
import type { Run } from '../run/deps.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { driftedEvent, type Found, fingerprintOf, repairedEvent } from './drift.ts'
import type { CustomerCheck } from './handle-drift.ts'

/**
 * Compares a ready project with Keystone; true if it has drifted. A difference without a change of the directory was made
 * in Keystone: it is repaired or reported, each time with an audit event.
 */
export async function checkProject(check: CustomerCheck, projectId: string): Promise<boolean> {
  const { deps, customerId, domainLists, customerLists } = check
  const ref = { customerId, projectId }
  const record = await findRecord(deps.table, ref)
  if (!record) {
    await convergeProject(deps, ref, customerLists)
    return false
  }
  // A due project is the worker's: these lists may be older than its change, and must not mark it ready.
  if (isDue(record, instantOf(deps.table.now()))) return false
  if (record.state !== 'ready' && record.drift === undefined) return false
  const run: Run = { deps, ref, lists: domainLists, id: randomUUID() }
  try {
    return await compare(run, record, check)
  } catch (error) {
    // A change marked the project pending meanwhile; the worker continues.
    if (!isStale(error)) throw error
    await releaseLease(run)
    return false
  }
}

async function compare(
  run: Run,
  record: Versioned<OpenStackRecord>,
  { mode, customerLists }: CustomerCheck,
): Promise<boolean> {
  const { deps, ref } = run
  const diff = await readFreshDiff(run, record, customerLists)
  if (!diff) {
    await deleteRecord(run, record)
    return false
  }
  const { steps, obstacles, projectId } = diff.plan
  if (steps.length === 0) {
    if (record.drift !== undefined || obstacles.length > 0) await markReady(run, record, diff, projectId)
    return false
  }
  // The fan-out of a change may be the cause of the difference: no drift.
  if (await findFanOutPending(deps.table, ref.customerId)) return false
  const found = { customerId: ref.customerId, id: ref.projectId, steps, now: instantOf(deps.table.now()) }
  if (mode === 'report') await report(run, record, found)
  else await repairProject(run, record, diff, repairedEvent(found))
  return true
}

/** Acquires the lease and commits the event in one transaction: after a crash the worker finds the project due. */
export async function repairProject(
  run: Run,
  record: KnownRecord,
  diff: ProjectDiff,
  event: AuditEvent,
): Promise<void> {
  const leased = await acquireLease(run, record, event)
  try {
    if (!(await applyPlan(run, leased, diff))) await releaseLease(run)
  } catch (error) {
    if (isKeystoneError(error)) await scheduleRetry(run, error)
    throw error
  }
}

/** Computes the diff again with new lists, if its steps may come from lists that are older than a change. */
async function readFreshDiff(
  { deps, ref, lists }: Run,
  record: OpenStackRecord,
  customerLists: SharedLists,
): Promise<ProjectDiff | undefined> {
  const diff = await readProjectDiff(deps, ref, await lists.get(), record)
  if (!diff?.plan.steps.some(reliesOnLists)) return diff
  const fresh = await withProject(deps.keystone, ref, await customerLists.renew(), deps.mapping)
  return readProjectDiff(deps, ref, fresh, record)
}

const reliesOnLists = ({ do: what }: Step) => what !== 'assign' && what !== 'unassign'

/** Reports the same difference once. */
async function report(run: Run, record: Versioned<OpenStackRecord>, found: Found): Promise<void> {
  const drift = fingerprintOf(found.steps)
  if (record.drift === drift) return
  const error = `in OpenStack it differs from the directory in ${found.steps.length} places; this is only reported`
  await markDrifted(run, record, { error, drift }, driftedEvent(found))
}
