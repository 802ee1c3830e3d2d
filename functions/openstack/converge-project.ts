import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { confirmDeletion } from '../../shared/directory/delete-project.ts'
import type { AuditEvent } from '../../shared/domain/audit-event.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import { addMilliseconds, instantOf, stampOf } from '../../shared/domain/instant.ts'
import type { OpenStackRecord } from '../../shared/domain/openstack.ts'
import type { KeystoneError } from '../../shared/openstack/errors.ts'
import { isKeystoneError } from '../../shared/openstack/errors.ts'
import { withProject } from '../../shared/openstack/plan/find.ts'
import { commit } from '../../shared/table/commit.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import type { ProjectRef } from '../../shared/table/openstack.ts'
import { findRecord, recordItem, touchProject } from '../../shared/table/openstack.ts'
import type { OpenStackDeps, Run } from './deps.ts'
import { holdFrom, isHeldByOther, isOver } from './hold.ts'
import type { SharedLists } from './lists.ts'
import type { Look } from './look.ts'
import { lookAt } from './look.ts'
import { isUnreachable } from './reach.ts'
import { readWanted } from './read-wanted.ts'
import { pauseUntilNext, pauseUntilReached, tellFailure, tellObstacle } from './refusals.ts'
import { spreadAgain } from './spread-again.ts'
import { takeSteps } from './take-steps.ts'

/** `busy`: somebody else is at it, or too much happens; it stays due. `gone`: no such project. */
export type Converged = 'nothing' | 'ready' | 'failed' | 'busy' | 'gone'

type Record = Versioned<OpenStackRecord> | undefined
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
  const run: Run = { deps, ref, lists, id: randomUUID() }
  for (let round = 1; round <= rounds; round++) {
    const record = await findRecord(deps.table, ref)
    const now = instantOf(deps.table.now())
    if (isHeldByOther(record?.run, run.id, now)) return 'busy'
    if (round > 1 && isOver(deps, now)) break
    if (!isDue(record, now) && record?.run?.id !== run.id) return 'nothing'
    try {
      // Of the project itself only what is now counts: it may have been another's run that disabled it, and another's that enabled it.
      const listed = await withProject(deps.keystone, ref, await lists.get(), deps.mapping)
      const look = await lookAt(deps, ref, listed, record)
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

export const isStale = (error: unknown) => error instanceof DomainError && error.code === 'stale'

/** Without a record nothing is known of it yet. */
export const isDue = (record: OpenStackRecord | undefined, now: Instant): boolean =>
  record === undefined || (record.due !== undefined && record.due <= now)

/** From a look to the end of the run; `undefined`: look again. Throws `stale` likewise. */
async function settle(run: Run, record: Record, look: Look | undefined): Promise<Converged | undefined> {
  const { table } = run.deps
  if (!look) {
    if (record) await table.transact([{ remove: keyOf(run.ref), was: record.version }])
    return 'gone'
  }
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
  await tellIfOvertime(run, held)
  if (taken.stopped) throw taken.stopped
  if (taken.wasLeft) return undefined
  if (taken.failures.length > 0) return fail(run, held, taken.projectId, taken.failures.map(tellFailure))
  const now = await readWanted(run.deps.table, run.ref, look.others)
  if (!isDeepStrictEqual(now?.wanted, look.wanted)) {
    await spreadAgain(run, look.wanted, now?.wanted)
    return undefined
  }
  return conclude(run, held, look, taken.projectId)
}

/** Nobody else makes steps until it is let go, or for a while. `event`: what is told of it in the same transaction. */
export async function hold(
  { deps: { table }, ref, id }: Run,
  record: Record,
  event?: AuditEvent,
): Promise<Versioned<OpenStackRecord>> {
  const now = instantOf(table.now())
  const run = holdFrom(id, now)
  const { state, since } = record ?? { state: 'ready', since: now }
  const held: OpenStackRecord = {
    ...record,
    ...ref,
    ...(state === 'ready' ? { state: 'pending', since: now } : { state, since }),
    run,
    due: run.until,
  }
  await commit(table, { writes: [{ put: recordItem(held), was: record?.version }], event })
  return { ...held, version: (record?.version ?? 0) + 1 }
}

/** Somebody else may have finished before our last step, and called it ready: it has to be looked at again. */
async function tellIfOvertime({ deps: { table }, ref }: Run, { run }: OpenStackRecord): Promise<void> {
  const now = instantOf(table.now())
  if (run && run.until <= now) await table.transact([touchProject(ref, now)])
}

/** There's nothing to do, or nothing any more. */
export async function conclude(
  run: Run,
  record: Record,
  look: Look,
  keystoneId: string | undefined,
): Promise<Converged> {
  const { table } = run.deps
  const { plan, project, wanted, expiresAt } = look
  if (plan.obstacles.length > 0) return fail(run, record, keystoneId, plan.obstacles.map(tellObstacle))
  const now = instantOf(table.now())
  if (project.deleted) {
    if (record) await table.transact([{ remove: keyOf(run.ref), was: record.version }])
    return 'gone'
  }
  if (project.deleting) {
    const actor = { kind: 'system', id: 'openstack' } as const
    const { change } = await confirmDeletion({ table, actor, stamp: stampOf(now, actor.id), now }, project)
    await commit(table, change, record ? [{ remove: keyOf(run.ref), was: record.version }] : [])
    return 'ready'
  }
  const ready: OpenStackRecord = {
    ...run.ref,
    state: 'ready',
    since: now,
    keystoneId,
    suspended: wanted.suspended,
    due: expiresAt,
    touched: lately(record?.touched, now),
  }
  await table.transact([{ put: recordItem(ready), was: record?.version }])
  return 'ready'
}

/** An index knows by then who was touched before. */
const indexLag = 60_000

export function lately(touched: OpenStackRecord['touched'], now: Instant): ReadonlySet<string> {
  const from = addMilliseconds(now, -indexLag)
  return new Set([...(touched ?? [])].filter((each) => each >= from))
}

async function fail(
  { deps: { table, log }, ref }: Run,
  record: Record,
  keystoneId: string | undefined,
  errors: readonly string[],
): Promise<Converged> {
  const now = instantOf(table.now())
  const failures = (record?.failures ?? 0) + 1
  const failed: OpenStackRecord = {
    ...record,
    ...ref,
    keystoneId: keystoneId ?? record?.keystoneId,
    state: 'failed',
    since: record?.state === 'failed' ? record.since : now,
    error: summed(errors),
    failures,
    due: addMilliseconds(now, pauseUntilNext(failures - 1)),
    run: undefined,
    touched: lately(record?.touched, now),
  }
  await table.transact([{ put: recordItem(failed), was: record?.version }])
  log('warn', 'a project could not be made as it should be in OpenStack', { ...ref, attempts: failures })
  return 'failed'
}

function summed(errors: readonly string[]): string {
  const [first = '', ...others] = new Set(errors)
  return others.length === 0 ? first : `${first} (and ${others.length} more)`
}

/** Keystone didn't let itself be asked: later again. What was said of the project meanwhile stays said. */
export async function setBack({ deps: { table }, ref, id }: Run, error: KeystoneError): Promise<void> {
  const record = await findRecord(table, ref)
  const now = instantOf(table.now())
  if (isHeldByOther(record?.run, id, now)) return
  const isLost = isUnreachable(error)
  const failures = (record?.failures ?? 0) + 1
  const pause = isLost ? pauseUntilReached(failures - 1) : pauseUntilNext(failures - 1)
  const state = isLost ? 'pending' : 'failed'
  const back: OpenStackRecord = {
    ...record,
    ...ref,
    state,
    since: record?.state === state ? record.since : now,
    error: tellFailure(error),
    failures,
    due: addMilliseconds(now, pause),
    run: undefined,
  }
  await writeUnlessStale(table, back, record?.version)
}

/** For whoever comes next: it is still due. */
async function letGo({ deps: { table }, ref, id }: Run): Promise<void> {
  const record = await findRecord(table, ref)
  if (record?.run?.id !== id) return
  const free = { ...record, run: undefined, due: instantOf(table.now()) }
  await writeUnlessStale(table, free, record.version)
}

/** Whoever was faster knows better. */
async function writeUnlessStale(
  table: OpenStackDeps['table'],
  record: OpenStackRecord,
  was: number | undefined,
): Promise<void> {
  try {
    await table.transact([{ put: recordItem(record), was }])
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const keyOf = ({ customerId, projectId }: ProjectRef) => keys.openstack(customerId, projectId)
