import { confirmDeletion } from '../../../shared/directory/projects/delete-project.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, type Instant, instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import type { Obstacle } from '../../../shared/openstack/plan/obstacle.ts'
import type { OpenStackRecord, OpenStackState } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, type ProjectRef, recordItem } from '../../../shared/openstack/sync/store.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { commit } from '../../../shared/records/commit.ts'
import { isLeasedByOther, type Lease, leaseFrom } from '../../../shared/runtime/lease.ts'
import { nextVersion, type Versioned, versionOf } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { messages } from '../run/alarm-messages.ts'
import { isUnreachable } from '../run/circuit-breaker.ts'
import { leaseDuration, type Run } from '../run/deps.ts'
import { describeFailure, describeObstacle, logObstacle, summarize } from '../run/describe-failure.ts'
import { retryPause, retryPauseWhileUnreachable } from '../run/retry-pause.ts'
import type { ProjectDiff } from './project-diff.ts'

/** `busy`: another run has the lease, or the project keeps changing; it stays due. `gone`: no such project. */
export type RunResult = 'nothing' | 'ready' | 'failed' | 'busy' | 'gone'

/** The record as it was read; undefined before the first run. */
export type KnownRecord = Versioned<OpenStackRecord> | undefined

type Transition =
  | { to: 'leased'; lease: Lease }
  /** The lease is given back early, and the project stays due. */
  | { to: 'released' }
  | {
      to: 'ready'
      keystoneId: string | undefined
      suspended: boolean
      changedAt: Instant
      expiresAt: Instant | undefined
    }
  | {
      to: 'failed'
      keystoneId: string | undefined
      error: string
      dependsOn: string | undefined
      expiresAt: Instant | undefined
    }
  /** Keystone gave no answer to plan with. */
  | { to: 'unanswered'; error: KeystoneError; runId: string; expiresAt: Instant | undefined }
  | { to: 'drifted'; error: string; drift: string }

/** The only function that makes a record from the one before. `since` stays as long as the state does. */
function nextRecord(
  ref: ProjectRef,
  record: OpenStackRecord | undefined,
  result: Transition,
  now: Instant,
): OpenStackRecord {
  const known = { ...record, ...ref }
  const inState = (state: OpenStackState) => ({ state, since: record?.state === state ? record.since : now })
  const failures = (record?.failures ?? 0) + 1
  switch (result.to) {
    case 'leased': {
      const { lease } = result
      return {
        ...known,
        ...inState(record?.state === 'failed' ? 'failed' : 'pending'),
        lease,
        due: lease.until,
      }
    }
    case 'released':
      return { ...known, ...inState(record?.state ?? 'pending'), lease: undefined, due: now }
    case 'ready': {
      const { keystoneId, suspended, changedAt, expiresAt } = result
      // Another machine's clock dated the project: it wasn't ready before its last change.
      const since = now > changedAt ? now : changedAt
      const { markedAt } = record ?? {}
      return { ...ref, state: 'ready', since, keystoneId, suspended, due: expiresAt, markedAt }
    }
    case 'failed': {
      const { keystoneId = record?.keystoneId, error, dependsOn, expiresAt } = result
      const due = retryAt(now, retryPause(failures - 1), expiresAt)
      return { ...known, ...inState('failed'), keystoneId, error, dependsOn, failures, due, lease: undefined }
    }
    case 'unanswered': {
      const { error, runId, expiresAt } = result
      const isAway = isUnreachable(error)
      const pause = isAway ? retryPauseWhileUnreachable(failures - 1) : retryPause(failures - 1)
      const { lease } = record ?? {}
      const wasMarked = lease?.id === runId && record?.due !== lease.until
      return {
        ...known,
        ...inState(isAway ? 'pending' : 'failed'),
        error: describeFailure(error),
        failures,
        due: wasMarked ? now : retryAt(now, pause, expiresAt),
        lease: undefined,
      }
    }
    default:
      return { ...known, ...inState('failed'), error: result.error, drift: result.drift }
  }
}

/** After the pause, but no later than a membership expires. */
function retryAt(now: Instant, pause: number, expiresAt: Instant | undefined): Instant {
  const at = addMilliseconds(now, pause)
  return expiresAt !== undefined && expiresAt < at ? expiresAt : at
}

/** Writes the next record with the event, in one transaction. Throws `stale` if the record was changed since it was read. */
async function saveRecord(
  { deps: { table }, ref }: Run,
  record: KnownRecord,
  result: Transition,
  event?: AuditEvent,
): Promise<Versioned<OpenStackRecord>> {
  const next = nextRecord(ref, record, result, instantOf(table.now()))
  await commit(table, { writes: [{ put: recordItem(next), expectedVersion: versionOf(record) }], event })
  return { ...next, version: nextVersion(versionOf(record)) }
}

/** Until the lease is released or ends, no other run makes steps. */
export async function acquireLease(
  run: Run,
  record: KnownRecord,
  event?: AuditEvent,
): Promise<Versioned<OpenStackRecord>> {
  const lease = leaseFrom(run.id, instantOf(run.deps.table.now()), leaseDuration)
  return saveRecord(run, record, { to: 'leased', lease }, event)
}

/** Keystone matches the directory: marks the record ready, or finishes a deletion. */
export async function markReady(
  run: Run,
  record: KnownRecord,
  { plan, project, desired, expiresAt }: ProjectDiff,
  keystoneId: string | undefined,
): Promise<RunResult> {
  if (plan.obstacles.length > 0) return markFailed(run, record, { keystoneId, obstacles: plan.obstacles })
  if (project.deleted) return deleteRecord(run, record)
  if (project.deleting) return confirmGone(run, record, project)
  const { suspended } = desired
  await saveRecord(run, record, {
    to: 'ready',
    keystoneId,
    suspended,
    changedAt: project.updatedAt,
    expiresAt,
  })
  return 'ready'
}

async function confirmGone(
  { deps: { table }, ref }: Run,
  record: KnownRecord,
  project: ProjectDiff['project'],
): Promise<RunResult> {
  const now = instantOf(table.now())
  const actor = { kind: 'system', id: 'openstack' } as const
  const { change } = await confirmDeletion({ table, actor, stamp: stampOf(now, actor.id), now }, project)
  await commit(table, change, record ? [{ remove: keyOf(ref), expectedVersion: record.version }] : [])
  return 'ready'
}

/** Removes the record of a project that is in neither the directory nor Keystone. */
export async function deleteRecord({ deps: { table }, ref }: Run, record: KnownRecord): Promise<RunResult> {
  if (record) await table.transact([{ remove: keyOf(ref), expectedVersion: record.version }])
  return 'gone'
}

type Failure = {
  keystoneId: string | undefined
  /** For people to resolve. */
  obstacles?: readonly Obstacle[]
  /** Other errors, for readers of the project. */
  errors?: readonly string[]
  /** Keystone's message, for the log only. */
  logMessage?: string | undefined
}

export async function markFailed(
  run: Run,
  record: KnownRecord,
  { keystoneId, obstacles = [], errors = [], logMessage }: Failure,
): Promise<RunResult> {
  const { failures } = await saveRecord(run, record, {
    to: 'failed',
    keystoneId,
    error: summarize([...obstacles.map(describeObstacle), ...errors]),
    dependsOn: obstacles.map(siblingIn).find((id) => id !== undefined),
    expiresAt: run.expiresAt,
  })
  const { customerId, projectId } = run.ref
  const error = logMessage ?? summarize([...obstacles.map(logObstacle), ...errors])
  run.deps.log('warn', messages.projectFailed, { customerId, projectId, attempts: failures ?? 1, error })
  return 'failed'
}

const siblingIn = (obstacle: Obstacle) => (obstacle.what === 'text' ? undefined : obstacle.sibling?.projectId)

/** Marks a difference that `OS_DRIFT=report` leaves as it is. */
export async function markDrifted(
  run: Run,
  record: KnownRecord,
  found: { error: string; drift: string },
  event: AuditEvent,
): Promise<void> {
  await saveRecord(run, record, { to: 'drifted', ...found }, event)
}

/** Retries after a pause, or at once if the project was marked pending while this run had the lease. */
export async function scheduleRetry(run: Run, error: KeystoneError): Promise<void> {
  const { deps, ref, id, expiresAt } = run
  const record = await findRecord(deps.table, ref)
  if (isLeasedByOther(record?.lease, id, instantOf(deps.table.now()))) return
  await saveUnlessStale(run, record, { to: 'unanswered', error, runId: id, expiresAt })
}

export async function releaseLease(run: Run): Promise<void> {
  const record = await findRecord(run.deps.table, run.ref)
  if (record?.lease?.id === run.id) await saveUnlessStale(run, record, { to: 'released' })
}

/** A concurrent run has written a newer state: that one stays. */
async function saveUnlessStale(run: Run, record: KnownRecord, result: Transition): Promise<void> {
  try {
    await saveRecord(run, record, result)
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const keyOf = ({ customerId, projectId }: ProjectRef) => keys.openstack(customerId, projectId)
