import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import { withProject } from '../../../shared/openstack/plan/find.ts'
import { isRevocation, type Step } from '../../../shared/openstack/plan/step.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, markProjectPending, type ProjectRef } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError, type KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { hasTime, isLeasedByOther } from '../../../shared/runtime/lease.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { isOver } from '../run/deps.ts'
import { describeFailure, logFailure, obstacleIn } from '../run/describe-failure.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { requeueDiffering } from './converge-user.ts'
import { delicateTexts, requeueWaiting, withoutLostTexts } from './name-conflicts.ts'
import { type ProjectDiff, readDesiredState, readProjectDiff } from './project-diff.ts'
import { acquireLease, deleteRecord, type KnownRecord, markFailed, markReady, releaseLease, type RunResult, scheduleRetry } from './record-result.ts'
import { requeueChanged, requeueDisplaced } from './requeue.ts'

const rounds = 8

/**
 * Makes Keystone's project as the directory says and then calls it ready. One run at a time: whoever makes steps holds the
 * project's record, and whatever is said of the project meanwhile changes that, so that the run looks again. Throws a
 * `KeystoneError`, once it is written down, where Keystone can't be asked.
 */
export async function convergeProject(
  deps: OpenStackDeps,
  ref: ProjectRef,
  lists: SharedLists,
): Promise<RunResult> {
  let run: Run = { deps, ref, lists, id: randomUUID(), taken: new Set() }
  for (let round = 1; round <= rounds; round++) {
    const record = await findRecord(deps.table, ref)
    const now = instantOf(deps.table.now())
    if (isLeasedByOther(record?.run, run.id, now)) return 'busy'
    if (round > 1 && isOver(deps, now)) break
    if (!isDue(record, now) && record?.run?.id !== run.id) return 'nothing'
    try {
      if (record?.run && record.run.id !== run.id) await requeueDiffering(run)
      // Of the project itself only what is now counts: others' runs may have disabled and enabled it since the list.
      const listed = await withProject(deps.keystone, ref, await lists.get(), deps.mapping)
      const look = await readProjectDiff(deps, ref, listed, record)
      run = { ...run, expiresAt: look?.expiresAt }
      const converged = await closeDiff(run, record, look)
      if (converged) return converged
    } catch (error) {
      if (isKeystoneError(error)) await scheduleRetry(run, error)
      if (!isStale(error)) throw error
    }
    lists.drop()
  }
  await releaseLease(run)
  return 'busy'
}

/** Without a record nothing is known of it yet. */
export const isDue = (record: OpenStackRecord | undefined, now: Instant): boolean =>
  record === undefined || (record.due !== undefined && record.due <= now)

/** From a look to the end of the run; `undefined`: look again. Throws `stale` likewise. */
async function closeDiff(
  run: Run,
  record: KnownRecord,
  seen: ProjectDiff | undefined,
): Promise<RunResult | undefined> {
  if (!seen) return deleteRecord(run, record)
  const look = { ...seen, plan: withoutLostTexts(seen.plan, run.taken ?? new Set()) }
  if (look.plan.steps.length === 0) return markReady(run, record, look, look.plan.projectId)
  return applyPlan(run, await acquireLease(run, record), look)
}

/** The steps, and whether what was seen of the directory is still so after the last one. */
export async function applyPlan(
  run: Run,
  held: Versioned<OpenStackRecord>,
  look: ProjectDiff,
): Promise<RunResult | undefined> {
  const taken = await executePlan(run, held, look)
  await requeueWaiting(run.deps.table, run.ref, taken.done)
  await requeueIfLate(run, held)
  const now = await readDesiredState(run.deps.table, run.ref, look.others)
  const isAsSeen = isDeepStrictEqual(now?.desired, look.desired)
  if (!isAsSeen) await requeueChanged(run, look.desired, now?.desired)
  if (taken.stopped) throw taken.stopped
  if (taken.failures.length > 0 && !taken.wasLeft) return markFailed(run, held, failureOf(run, look, taken))
  if (taken.wasLeft || !isAsSeen) return undefined
  if (mustBeReadBack(run, taken)) return undefined
  return markReady(run, held, look, taken.projectId)
}

/** Keystone's answer to a change says what it was asked for, whatever its database makes of it. */
function mustBeReadBack({ taken }: Run, { done }: ExecutionResult): boolean {
  const texts = delicateTexts(done)
  for (const text of texts) taken?.add(text)
  return texts.length > 0
}

function failureOf(
  { ref: { customerId } }: Run,
  { plan }: ProjectDiff,
  { projectId: keystoneId, failures }: ExecutionResult,
) {
  const told = failures.map((error) => ({ error, obstacle: obstacleIn(error, customerId) }))
  const others = told.filter(({ obstacle }) => !obstacle).map(({ error }) => error)
  const obstacles = [...plan.obstacles, ...told.flatMap(({ obstacle }) => obstacle ?? [])]
  return { keystoneId, obstacles, told: others.map(describeFailure), said: others.map(logFailure)[0] }
}

/** Somebody else may have finished before our last step, and called it ready: it has to be looked at again. */
async function requeueIfLate({ deps: { table }, ref }: Run, { run }: OpenStackRecord): Promise<void> {
  const now = instantOf(table.now())
  if (run && run.until <= now) await table.transact([markProjectPending(ref, now)])
}

export type ExecutionResult = {
  /** Keystone's id of the project, if it is there. */
  projectId: string | undefined
  done: Step[]
  failures: KeystoneError[]
  stopped?: KeystoneError | undefined
  /** The rest was left: too much time has passed, or something was said of the project. */
  wasLeft: boolean
}

/** Milliseconds for which a look is good enough to give rights by. */
const freshness = 2_000

/** Makes what was found missing, as long as the project is held and what was seen of the directory is fresh. */
export async function executePlan(
  { deps: { table, keystone, mapping, until }, ref, lists }: Run,
  held: Versioned<OpenStackRecord>,
  { plan }: ProjectDiff,
): Promise<ExecutionResult> {
  const { domainId } = mapping
  let seenAt = table.now().getTime()
  let wasLeft = false
  const mayGoOn = async (step: Step) => {
    const now = instantOf(table.now())
    wasLeft = !held.run || !hasTime(held.run, now) || isOver({ until }, now)
    if (wasLeft) return false
    if (!isRevocation(step) && table.now().getTime() - seenAt > freshness) {
      wasLeft = (await findRecord(table, ref))?.version !== held.version
      seenAt = table.now().getTime()
    }
    if (!wasLeft) await requeueDisplaced(table, step)
    return !wasLeft
  }
  const outcome = await applySteps(keystone, plan.steps, {
    domainId,
    projectId: plan.projectId,
    shouldContinue: mayGoOn,
  })
  if (outcome.done.some((step) => step.do !== 'assign' && step.do !== 'unassign')) lists.drop()
  const { projectId, done, stopped } = outcome
  return { projectId, done, stopped, failures: outcome.failures.map(({ error }) => error), wasLeft }
}
