import { isLive } from '../../../shared/domain/entities/project.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { fourByteCharacterIn } from '../../../shared/openstack/keystone/delicate-text.ts'
import type { KeystoneProject } from '../../../shared/openstack/keystone/projects.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
import type { LostText } from '../../../shared/openstack/plan/obstacle.ts'
import type { KeystonePlan } from '../../../shared/openstack/plan/plan-project.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import { listRecords, type ProjectRef, markProjectPending } from '../../../shared/openstack/sync/store.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { transactInBatches } from './requeue.ts'

/** True if Keystone has another name than the directory for a project of this customer: that project's run renames it. */
export async function isToBeRenamed(
  table: Table,
  customerId: string,
  { name, tags }: KeystoneProject,
): Promise<boolean> {
  const owner = ownerOf(tags)
  if (owner?.customerId !== customerId) return false
  const project = asProject(await table.get(keys.project(customerId, owner.projectId)))
  return (
    project !== undefined && name !== nameInKeystone(customerId, isLive(project) ? project.name : project.id)
  )
}

/** Requeues the projects that waited for a name which these steps have freed. */
export async function requeueWaiting(table: Table, ref: ProjectRef, done: readonly Step[]): Promise<void> {
  const freed = new Set(done.flatMap((step) => freedBy(step, ref)))
  if (freed.size === 0) return
  const { customerId } = ref
  const waiting = (await listRecords(table, customerId)).filter(({ dependsOn = '' }) => freed.has(dependsOn))
  const now = instantOf(table.now())
  await transactInBatches(
    table,
    waiting.map(({ projectId }) => markProjectPending({ customerId, projectId }, now)),
  )
}

/** Ids of the projects whose Keystone name the step gave away. */
function freedBy(step: Step, { customerId, projectId }: ProjectRef): string[] {
  if (step.do === 'delete-project') return [projectId]
  if (step.do !== 'change-project' || step.change.name === undefined) return []
  if (!step.of) return [projectId]
  return step.of.customerId === customerId ? [step.of.projectId] : []
}

/** Names and descriptions of projects that a database may accept without an error and store with question marks. */
export function delicateTexts(steps: readonly Step[]): string[] {
  return steps.flatMap(textsOf).filter((text) => fourByteCharacterIn(text) !== undefined)
}

function textsOf(step: Step): string[] {
  if (step.do === 'create-project') return [step.project.name, step.project.description]
  if (step.do !== 'change-project') return []
  return [step.change.name ?? '', step.change.description ?? '']
}

/** Turns the steps for texts that were accepted before and not stored into obstacles. */
export function withoutLostTexts(plan: KeystonePlan, accepted: ReadonlySet<string>): KeystonePlan {
  const lost = plan.steps.filter((step) => delicateTexts([step]).some((text) => accepted.has(text)))
  if (lost.length === 0) return plan
  return {
    ...plan,
    steps: plan.steps.filter((step) => !lost.includes(step)),
    obstacles: [...plan.obstacles, ...lost.flatMap(lostTextOf)],
  }
}

function lostTextOf(step: Step): LostText[] {
  if (step.do !== 'change-project') return []
  const field = step.change.name === undefined ? 'description' : 'name'
  return delicateTexts([step]).map((text) => ({
    what: 'text',
    field,
    character: fourByteCharacterIn(text) ?? '',
  }))
}
