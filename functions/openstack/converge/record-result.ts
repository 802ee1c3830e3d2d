import { confirmDeletion } from '../../../shared/directory/projects/delete-project.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, type Instant, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import type { Obstacle } from '../../../shared/openstack/plan/obstacle.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, type ProjectRef, recordItem } from '../../../shared/openstack/sync/store.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { commit } from '../../../shared/records/commit.ts'
import { isLeasedByOther, leaseFrom } from '../../../shared/runtime/lease.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { messages } from '../run/alarm-messages.ts'
import { isUnreachable } from '../run/circuit-breaker.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { describeFailure, describeObstacle, logObstacle, retryPause, retryPauseWhileUnreachable } from '../run/describe-failure.ts'
import type { ProjectDiff } from './project-diff.ts'

// What runs write down of a project: each on the condition that nobody has written or said anything since it was read.

/** `busy`: somebody else is at it, or too much happens; it stays due. `gone`: no such project. */
export type RunResult = 'nothing' | 'ready' | 'failed' | 'busy' | 'gone'

/** As it was read; undefined: nothing is known of the project yet. */
export type KnownRecord = Versioned<OpenStackRecord> | undefined

/** Nobody else makes steps until it is let go, or for a while. `event`: what is told of it in the same transaction. */
export async function acquireLease(
  { deps: { table }, ref, id }: Run,
  record: KnownRecord,
  event?: AuditEvent,
): Promise<Versioned<OpenStackRecord>> {
  const now = instantOf(table.now())
  const run = leaseFrom(id, now)
  const { state, since } = record ?? { state: 'ready', since: now }
  const held: OpenStackRecord = {
    ...record,
    ...ref,
    ...(state === 'ready' ? { state: 'pending', since: now } : { state, since }),
    run,
    due: run.until,
  }
  await commit(table, { writes: [{ put: recordItem(held), expectedVersion: record?.version }], event })
  return { ...held, version: (record?.version ?? 0) + 1 }
}

/** There's nothing to do, or nothing any more. */
export async function markReady(
  run: Run,
  record: KnownRecord,
  look: ProjectDiff,
  keystoneId: string | undefined,
): Promise<RunResult> {
  const { table } = run.deps
  const { plan, project, desired, expiresAt } = look
  if (plan.obstacles.length > 0) return markFailed(run, record, { keystoneId, obstacles: plan.obstacles })
  const now = instantOf(table.now())
  if (project.deleted) return deleteRecord(run, record)
  if (project.deleting) {
    const actor = { kind: 'system', id: 'openstack' } as const
    const { change } = await confirmDeletion({ table, actor, stamp: stampOf(now, actor.id), now }, project)
    await commit(table, change, record ? [{ remove: keyOf(run.ref), expectedVersion: record.version }] : [])
    return 'ready'
  }
  const ready: OpenStackRecord = {
    ...run.ref,
    state: 'ready',
    // The project's is another's clock; from when it was changed on, it wasn't ready before.
    since: now > project.updatedAt ? now : project.updatedAt,
    keystoneId,
    suspended: desired.suspended,
    due: expiresAt,
    markedAt: record?.markedAt,
  }
  await table.transact([{ put: recordItem(ready), expectedVersion: record?.version }])
  return 'ready'
}

/** There's nothing of it left to keep. */
export async function deleteRecord({ deps: { table }, ref }: Run, record: KnownRecord): Promise<RunResult> {
  if (record) await table.transact([{ remove: keyOf(ref), expectedVersion: record.version }])
  return 'gone'
}

type Failure = {
  keystoneId: string | undefined
  /** What people can do something about. */
  obstacles?: readonly Obstacle[]
  /** What else there is, to whoever may read the project. */
  told?: readonly string[]
  /** In Keystone's words, to whoever reads the log. */
  said?: string | undefined
}

export async function markFailed(
  { deps: { table, log }, ref, expiresAt }: Run,
  record: KnownRecord,
  { keystoneId, obstacles = [], told: others = [], said }: Failure,
): Promise<RunResult> {
  const now = instantOf(table.now())
  const failures = (record?.failures ?? 0) + 1
  const told = [...obstacles.map(describeObstacle), ...others]
  const failed: OpenStackRecord = {
    ...record,
    ...ref,
    keystoneId: keystoneId ?? record?.keystoneId,
    state: 'failed',
    since: record?.state === 'failed' ? record.since : now,
    error: summed(told),
    dependsOn: obstacles.map(siblingIn).find((id) => id !== undefined),
    failures,
    due: earlier(addMilliseconds(now, retryPause(failures - 1)), expiresAt),
    run: undefined,
  }
  await table.transact([{ put: recordItem(failed), expectedVersion: record?.version }])
  const { customerId, projectId } = ref
  const logged = said ?? summed([...obstacles.map(logObstacle), ...others])
  log('warn', messages.failed, { customerId, projectId, attempts: failures, error: logged })
  return 'failed'
}

const siblingIn = (obstacle: Obstacle) => (obstacle.what === 'text' ? undefined : obstacle.sibling?.projectId)

/** No pause is longer than a right may last. */
const earlier = (one: Instant, other: Instant | undefined): Instant =>
  other !== undefined && other < one ? other : one

function summed(errors: readonly string[]): string {
  const [first = '', ...others] = new Set(errors)
  return others.length === 0 ? first : `${first} (and ${others.length} more)`
}

/** Keystone didn't let itself be asked: later again. What was said of the project meanwhile stays said. */
export async function scheduleRetry(
  { deps: { table }, ref, id, expiresAt }: Run,
  error: KeystoneError,
): Promise<void> {
  const record = await findRecord(table, ref)
  const now = instantOf(table.now())
  if (isLeasedByOther(record?.run, id, now)) return
  const isLost = isUnreachable(error)
  const failures = (record?.failures ?? 0) + 1
  const pause = isLost ? retryPauseWhileUnreachable(failures - 1) : retryPause(failures - 1)
  const wasTouched = record?.run?.id === id && record.due !== record.run.until
  const state = isLost ? 'pending' : 'failed'
  const back: OpenStackRecord = {
    ...record,
    ...ref,
    state,
    since: record?.state === state ? record.since : now,
    error: describeFailure(error),
    failures,
    due: wasTouched ? now : earlier(addMilliseconds(now, pause), expiresAt),
    run: undefined,
  }
  await writeUnlessStale(table, back, record?.version)
}

/** For whoever comes next: it is still due. */
export async function releaseLease({ deps: { table }, ref, id }: Run): Promise<void> {
  const record = await findRecord(table, ref)
  if (record?.run?.id !== id) return
  const free = { ...record, run: undefined, due: instantOf(table.now()) }
  await writeUnlessStale(table, free, record.version)
}

/** Whoever was faster knows better. */
async function writeUnlessStale(
  table: OpenStackDeps['table'],
  record: OpenStackRecord,
  expectedVersion: number | undefined,
): Promise<void> {
  try {
    await table.transact([{ put: recordItem(record), expectedVersion }])
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const keyOf = ({ customerId, projectId }: ProjectRef) => keys.openstack(customerId, projectId)
