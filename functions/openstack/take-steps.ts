import { instantOf } from '../../shared/domain/instant.ts'
import type { OpenStackRecord } from '../../shared/domain/openstack.ts'
import type { KeystoneError } from '../../shared/openstack/errors.ts'
import { applySteps } from '../../shared/openstack/plan/apply.ts'
import type { Step } from '../../shared/openstack/plan/step.ts'
import { isRevocation } from '../../shared/openstack/plan/step.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { findRecord } from '../../shared/table/openstack.ts'
import type { Run } from './deps.ts'
import { hasTime, isOver } from './hold.ts'
import type { Look } from './look.ts'
import { tellDisplaced } from './spread-again.ts'

export type Taken = {
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
export async function takeSteps(
  { deps: { table, keystone, mapping, until }, ref, lists }: Run,
  held: Versioned<OpenStackRecord>,
  { plan }: Look,
): Promise<Taken> {
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
    if (!wasLeft) await tellDisplaced(table, step)
    return !wasLeft
  }
  const outcome = await applySteps(keystone, plan.steps, { domainId, projectId: plan.projectId, mayGoOn })
  if (outcome.done.some((step) => step.do !== 'assign' && step.do !== 'unassign')) lists.drop()
  const { projectId, done, stopped } = outcome
  return { projectId, done, stopped, failures: outcome.failures.map(({ error }) => error), wasLeft }
}
