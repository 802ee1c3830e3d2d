import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { withProject } from '../../../shared/openstack/plan/find.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, type ProjectRef, touchProject } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { logFailure, obstacleIn, tellFailure } from '../run/describe-failure.ts'
import { isHeldByOther, isOver } from '../run/lease.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { readWanted } from './desired-state.ts'
import { spreadLeft } from './differing-users.ts'
import { type Taken, takeSteps } from './execute-plan.ts'
import { delicateTexts, wakeWaiting, withoutLostTexts } from './name-conflicts.ts'
import { type Look, lookAt } from './project-diff.ts'
import { conclude, type Converged, fail, forget, hold, type Known, letGo, setBack } from './record-result.ts'
import { spreadAgain } from './requeue.ts'

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
): Promise<Converged> {
  let run: Run = { deps, ref, lists, id: randomUUID(), taken: new Set() }
  for (let round = 1; round <= rounds; round++) {
    const record = await findRecord(deps.table, ref)
    const now = instantOf(deps.table.now())
    if (isHeldByOther(record?.run, run.id, now)) return 'busy'
    if (round > 1 && isOver(deps, now)) break
    if (!isDue(record, now) && record?.run?.id !== run.id) return 'nothing'
    try {
      if (record?.run && record.run.id !== run.id) await spreadLeft(run)
      // Of the project itself only what is now counts: others' runs may have disabled and enabled it since the list.
      const listed = await withProject(deps.keystone, ref, await lists.get(), deps.mapping)
      const look = await lookAt(deps, ref, listed, record)
      run = { ...run, expiresAt: look?.expiresAt }
      const converged = await settle(run, record, look)
      if (converged) return converged
    } catch (error) {
      if (isKeystoneError(error)) await setBack(run, error)
      if (!isStale(error)) throw error
    }
    lists.drop()
  }
  await letGo(run)
  return 'busy'
}

/** Without a record nothing is known of it yet. */
export const isDue = (record: OpenStackRecord | undefined, now: Instant): boolean =>
  record === undefined || (record.due !== undefined && record.due <= now)

/** From a look to the end of the run; `undefined`: look again. Throws `stale` likewise. */
async function settle(run: Run, record: Known, seen: Look | undefined): Promise<Converged | undefined> {
  if (!seen) return forget(run, record)
  const look = { ...seen, plan: withoutLostTexts(seen.plan, run.taken ?? new Set()) }
  if (look.plan.steps.length === 0) return conclude(run, record, look, look.plan.projectId)
  return makeSo(run, await hold(run, record), look)
}

/** The steps, and whether what was seen of the directory is still so after the last one. */
export async function makeSo(
  run: Run,
  held: Versioned<OpenStackRecord>,
  look: Look,
): Promise<Converged | undefined> {
  const taken = await takeSteps(run, held, look)
  await wakeWaiting(run.deps.table, run.ref, taken.done)
  await tellIfOvertime(run, held)
  const now = await readWanted(run.deps.table, run.ref, look.others)
  const isAsSeen = isDeepStrictEqual(now?.wanted, look.wanted)
  if (!isAsSeen) await spreadAgain(run, look.wanted, now?.wanted)
  if (taken.stopped) throw taken.stopped
  if (taken.failures.length > 0 && !taken.wasLeft) return fail(run, held, failingOf(run, look, taken))
  if (taken.wasLeft || !isAsSeen) return undefined
  if (isToBeSeenAgain(run, taken)) return undefined
  return conclude(run, held, look, taken.projectId)
}

/** Keystone's answer to a change says what it was asked for, whatever its database makes of it. */
function isToBeSeenAgain({ taken }: Run, { done }: Taken): boolean {
  const texts = delicateTexts(done)
  for (const text of texts) taken?.add(text)
  return texts.length > 0
}

function failingOf({ ref: { customerId } }: Run, { plan }: Look, { projectId: keystoneId, failures }: Taken) {
  const told = failures.map((error) => ({ error, obstacle: obstacleIn(error, customerId) }))
  const others = told.filter(({ obstacle }) => !obstacle).map(({ error }) => error)
  const obstacles = [...plan.obstacles, ...told.flatMap(({ obstacle }) => obstacle ?? [])]
  return { keystoneId, obstacles, told: others.map(tellFailure), said: others.map(logFailure)[0] }
}

/** Somebody else may have finished before our last step, and called it ready: it has to be looked at again. */
async function tellIfOvertime({ deps: { table }, ref }: Run, { run }: OpenStackRecord): Promise<void> {
  const now = instantOf(table.now())
  if (run && run.until <= now) await table.transact([touchProject(ref, now)])
}
