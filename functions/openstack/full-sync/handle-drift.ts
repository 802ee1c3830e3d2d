import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import { findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { commit } from '../../../shared/records/commit.ts'
import { isUnreachable, logRefusal } from '../run/circuit-breaker.ts'
import type { OpenStackDeps } from '../run/deps.ts'
import type { SharedLists } from '../run/shared-lists.ts'
import { driftedEvent, fingerprintOf, repairedEvent } from './drift.ts'

/** `OS_DRIFT`: the handling of differences without a change of the directory. */
export type DriftMode = 'repair' | 'report'

/** Fingerprints of drift that was reported and not repaired, by id of the user or project. */
export type Reported = Readonly<Record<string, string>>

/** The check of one customer. `domainLists` hold everything; `customerLists`, the customer's own users, are younger. */
export type CustomerCheck = {
  deps: OpenStackDeps
  customerId: string
  domainLists: SharedLists
  customerLists: SharedLists
  mode: DriftMode
  /** Found by the last full sync. */
  reportedBefore: Reported
}

/** How many users or projects differed, and which of them were only reported. */
export type DriftResult = { drift: number; reported: Reported }

export const noDrift: DriftResult = { drift: 0, reported: {} }

export const sumDrift = (results: readonly DriftResult[]): DriftResult => ({
  drift: results.reduce((sum, { drift }) => sum + drift, 0),
  reported: Object.assign({}, ...results.map(({ reported }) => reported)),
})

type Difference = {
  id: string
  steps: readonly Step[]
  /** Commits the event and makes the item due, so that a crash leaves no repair undone; then repairs it. */
  repair: (event: AuditEvent) => Promise<void>
}

/** Repairs or reports a difference. No drift is counted while a fan-out is pending, which may be the cause. */
export async function handleDrift(
  { deps: { table }, customerId, mode, reportedBefore }: CustomerCheck,
  { id, steps, repair }: Difference,
): Promise<DriftResult> {
  if (await findFanOutPending(table, customerId)) return noDrift
  const found = { customerId, id, steps, now: instantOf(table.now()) }
  if (mode === 'repair') {
    await repair(repairedEvent(found))
    return { drift: 1, reported: {} }
  }
  const fingerprint = fingerprintOf(steps)
  if (reportedBefore[id] !== fingerprint) await commit(table, { writes: [], event: driftedEvent(found) })
  return { drift: 1, reported: { [id]: fingerprint } }
}

/** Returns `otherwise` where Keystone refuses one item or a concurrent run changed it, so that the check continues. */
export async function tolerate<T>(deps: OpenStackDeps, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isStale(error)) return otherwise
    if (!isKeystoneError(error) || isUnreachable(error)) throw error
    logRefusal(deps.log, error)
    return otherwise
  }
}
