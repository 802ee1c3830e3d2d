import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import { withProject } from '../../../shared/openstack/plan/find.ts'
import { delicateTexts, withoutLostTexts } from '../../../shared/openstack/plan/lost-texts.ts'
import { isRevocation, type Step } from '../../../shared/openstack/plan/step.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, markProjectPending, type ProjectRef } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError, type KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { hasTime, isLeasedByOther } from '../../../shared/runtime/lease.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { isTimeUp, leaseMargin, type OpenStackDeps, type Run } from '../run/deps.ts'
import { describeFailure, logFailure, obstacleIn } from '../run/describe-failure.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { requeueDiffering } from './converge-user.ts'
import { type ProjectDiff, readDesiredState, readProjectDiff } from './project-diff.ts'
import {
  acquireLease,
  deleteRecord,
  type KnownRecord,
  markFailed,
  markReady,
  releaseLease,
  type RunResult,
  scheduleRetry,
} from './record-result.ts'
import { requeueChanged, requeueDisplaced, requeueWaiting } from './requeue.ts'

const maxRounds = 8

/**
 * Makes Keystone's project match the directory and marks the record ready. Only the run with the lease makes steps. Every
 * change of the directory raises the record's version, so that a run which read older state fails and computes the diff
 * again. Throws a `KeystoneError`, after recording it, where Keystone can't be asked.
 */
export async function convergeProject(
  deps: OpenStackDeps,
  ref: ProjectRef,
  lists: SharedLists,
): Promise<RunResult> {
  let run: Run = { deps, ref, lists, id: randomUUID(), acceptedTexts: new Set() }
  for (let round = 1; round <= maxRounds; round++) {
    const record = await findRecord(deps.table, ref)
    const now = instantOf(deps.table.now())
    if (isLeasedByOther(record?.lease, run.id, now)) return 'busy'
    if (round > 1 && isTimeUp(deps, now)) break
    if (!isDue(record, now) && record?.lease?.id !== run.id) return 'nothing'
    try {
      if (record?.lease && record.lease.id !== run.id) await requeueDiffering(run)
      // Read the project itself anew: since the list, other runs may have disabled and enabled it.
      const listed = await withProject(deps.keystone, ref, await lists.get(), deps.mapping)
      const diff = await readProjectDiff(deps, ref, listed, record)
      run = { ...run, expiresAt: diff?.expiresAt }
      const result = await closeDiff(run, record, diff)
      if (result) return result
    } catch (error) {
      if (isKeystoneError(error)) await scheduleRetry(run, error)
      if (!isStale(error)) throw error
    }
    lists.drop()
  }
  await releaseLease(run)
  return 'busy'
}

/** A project without a record was never converged, and is due. */
export const isDue = (record: OpenStackRecord | undefined, now: Instant): boolean =>
  record === undefined || (record.due !== undefined && record.due <= now)

/**
 * Executes the diff. Returns undefined if the directory changed meanwhile and the diff must be computed again; throws `stale`
 * for the same reason.
 */
async function closeDiff(
  run: Run,
  record: KnownRecord,
  found: ProjectDiff | undefined,
): Promise<RunResult | undefined> {
  if (!found) return deleteRecord(run, record)
  const diff = { ...found, plan: withoutLostTexts(found.plan, run.acceptedTexts ?? new Set()) }
  if (diff.plan.steps.length === 0) return markReady(run, record, diff, diff.plan.projectId)
  return applyPlan(run, await acquireLease(run, record), diff)
}

/** Executes the steps and reads the directory once more: the project is ready only if the desired state is the same. */
export async function applyPlan(
  run: Run,
  leased: Versioned<OpenStackRecord>,
  diff: ProjectDiff,
): Promise<RunResult | undefined> {
  const execution = await executePlan(run, leased, diff)
  await requeueWaiting(run.deps.table, run.ref, execution.done)
  await requeueIfLate(run, leased)
  const now = await readDesiredState(run.deps.table, run.ref, diff.candidateIds)
  const isUnchanged = isDeepStrictEqual(now?.desired, diff.desired)
  if (!isUnchanged) await requeueChanged(run, diff.desired, now?.desired)
  if (execution.stopped) throw execution.stopped
  if (execution.failures.length > 0 && !execution.isIncomplete)
    return markFailed(run, leased, failureOf(run, diff, execution))
  if (execution.isIncomplete || !isUnchanged || mustBeReadBack(run, execution)) return undefined
  return markReady(run, leased, diff, execution.projectId)
}

type ExecutionResult = {
  /** Keystone's id of the project, if it is there. */
  projectId: string | undefined
  done: Step[]
  failures: KeystoneError[]
  stopped?: KeystoneError | undefined
  /** Steps are left, since time ran out or the project was marked pending. */
  isIncomplete: boolean
}

/** Milliseconds for which a read record is fresh enough to grant rights. */
const freshness = 2_000

/** Executes the steps while the lease lasts and the record is as it was read. Revocations need no fresh record. */
async function executePlan(
  { deps: { table, keystone, mapping, until }, ref, lists }: Run,
  leased: Versioned<OpenStackRecord>,
  { plan }: ProjectDiff,
): Promise<ExecutionResult> {
  const { domainId } = mapping
  let readAt = table.now().getTime()
  let isIncomplete = false
  const shouldContinue = async (step: Step) => {
    const now = instantOf(table.now())
    isIncomplete = !leased.lease || !hasTime(leased.lease, now, leaseMargin) || isTimeUp({ until }, now)
    if (isIncomplete) return false
    if (!isRevocation(step) && table.now().getTime() - readAt > freshness) {
      isIncomplete = (await findRecord(table, ref))?.version !== leased.version
      readAt = table.now().getTime()
    }
    if (!isIncomplete) await requeueDisplaced(table, step)
    return !isIncomplete
  }
  const result = await applySteps(keystone, plan.steps, {
    domainId,
    projectId: plan.projectId,
    shouldContinue,
  })
  if (result.done.some((step) => step.do !== 'assign' && step.do !== 'unassign')) lists.drop()
  const { projectId, done, stopped } = result
  return { projectId, done, stopped, failures: result.failures.map(({ error }) => error), isIncomplete }
}

/** Keystone's response repeats the text that was sent, even if its database stores another one. */
function mustBeReadBack({ acceptedTexts }: Run, { done }: ExecutionResult): boolean {
  const texts = delicateTexts(done)
  for (const text of texts) acceptedTexts?.add(text)
  return texts.length > 0
}

function failureOf(
  { ref: { customerId } }: Run,
  { plan }: ProjectDiff,
  { projectId: keystoneId, failures }: ExecutionResult,
) {
  const found = failures.map((error) => ({ error, obstacle: obstacleIn(error, customerId) }))
  const others = found.filter(({ obstacle }) => !obstacle).map(({ error }) => error)
  const obstacles = [...plan.obstacles, ...found.flatMap(({ obstacle }) => obstacle ?? [])]
  const [logMessage] = others.map(logFailure)
  return { keystoneId, obstacles, errors: others.map(describeFailure), logMessage }
}

/** After the end of our lease another run may have marked the project ready before our last step: requeues it. */
async function requeueIfLate({ deps: { table }, ref }: Run, { lease }: OpenStackRecord): Promise<void> {
  const now = instantOf(table.now())
  if (lease && lease.until <= now) await table.transact([markProjectPending(ref, now)])
}
