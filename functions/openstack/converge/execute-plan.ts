import { instantOf } from '../../../shared/domain/values/instant.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import { isRevocation, type Step } from '../../../shared/openstack/plan/step.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord } from '../../../shared/openstack/sync/store.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Run } from '../run/deps.ts'
import { hasTime, isOver } from '../run/lease.ts'
import type { ProjectDiff } from './project-diff.ts'
import { requeueDisplaced } from './requeue.ts'

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
