import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { withProject } from '../../../shared/openstack/plan/find.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import {
  findRecord,
  findFanOutPending,
  type ProjectRef,
  recordItem,
} from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { commit } from '../../../shared/records/commit.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { convergeProject, isDue, applyPlan } from '../converge/converge-project.ts'
import { type ProjectDiff, readProjectDiff } from '../converge/project-diff.ts'
import {
  markReady,
  deleteRecord,
  acquireLease,
  type KnownRecord,
  releaseLease,
  scheduleRetry,
} from '../converge/record-result.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { driftedEvent, fingerprintOf, repairedEvent } from './drift.ts'

/** What becomes of what differs without the directory having changed. */
export type DriftMode = 'repair' | 'report'

/**
 * Looks whether a project that is called ready still is as it should be; true if it isn't. What differs then was changed in
 * Keystone, and is repaired or reported, each time with an audit event. All else is as `convergeProject` has it.
 */
export async function checkProject(
  deps: OpenStackDeps,
  ref: ProjectRef,
  { lists, people }: { lists: SharedLists; people: SharedLists },
  mode: DriftMode,
): Promise<boolean> {
  const record = await findRecord(deps.table, ref)
  if (!record) {
    await convergeProject(deps, ref, people)
    return false
  }
  // Somebody has been told: with lists that may be older than what was said, nothing is called ready.
  if (isDue(record, instantOf(deps.table.now()))) return false
  if (record.state !== 'ready' && record.drift === undefined) return false
  const run: Run = { deps, ref, lists, id: randomUUID() }
  try {
    return await check(run, record, { mode, people })
  } catch (error) {
    // Somebody has changed it since, and told the worker.
    if (!isStale(error)) throw error
    await releaseLease(run)
    return false
  }
}

async function check(
  run: Run,
  record: Versioned<OpenStackRecord>,
  { mode, people }: { mode: DriftMode; people: SharedLists },
): Promise<boolean> {
  const { deps, ref } = run
  const look = await readFreshDiff(run, record, people)
  if (!look) {
    await deleteRecord(run, record)
    return false
  }
  const { steps, obstacles, projectId } = look.plan
  if (steps.length === 0) {
    if (record.drift !== undefined || obstacles.length > 0) await markReady(run, record, look, projectId)
    return false
  }
  // Of a change that is on its way to this project, what differs is no drift.
  if (await findFanOutPending(deps.table, ref.customerId)) return false
  const found = { customerId: ref.customerId, id: ref.projectId, steps, now: instantOf(deps.table.now()) }
  if (mode === 'report') return report(run, record, found)
  await repairProject(run, record, look, repairedEvent(found))
  return true
}

/** Told with the hold, in one transaction: whoever has to end it otherwise finds the project due. */
export async function repairProject(
  run: Run,
  record: KnownRecord,
  look: ProjectDiff,
  event: AuditEvent,
): Promise<void> {
  const held = await acquireLease(run, record, event)
  try {
    if (!(await applyPlan(run, held, look))) await releaseLease(run)
  } catch (error) {
    if (isKeystoneError(error)) await scheduleRetry(run, error)
    throw error
  }
}

/** What could differ because a list is older than a change is looked at with new lists. */
async function readFreshDiff(
  { deps, ref, lists }: Run,
  record: OpenStackRecord,
  people: SharedLists,
): Promise<ProjectDiff | undefined> {
  const look = await readProjectDiff(deps, ref, await lists.get(), record)
  if (!look?.plan.steps.some(reliesOnLists)) return look
  return readProjectDiff(
    deps,
    ref,
    await withProject(deps.keystone, ref, await people.renew(), deps.mapping),
    record,
  )
}

const reliesOnLists = ({ do: what }: Step) => what !== 'assign' && what !== 'unassign'

type Found = { customerId: string; id: string; steps: readonly Step[]; now: Instant }

/** Once for the same difference. */
async function report(
  { deps: { table }, ref }: Run,
  record: Versioned<OpenStackRecord>,
  found: Found,
): Promise<true> {
  const drift = fingerprintOf(found.steps)
  if (record.drift === drift) return true
  const error = `in OpenStack it differs from the directory in ${found.steps.length} places; this is only reported`
  const since = record.state === 'failed' ? record.since : found.now
  const reported: OpenStackRecord = { ...record, ...ref, state: 'failed', since, error, drift }
  const writes = [{ put: recordItem(reported), expectedVersion: record.version }]
  await commit(table, { writes, event: driftedEvent(found) })
  return true
}
