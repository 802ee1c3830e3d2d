import { isDeepStrictEqual } from 'node:util'
import { isId } from '../../../shared/domain/values/id.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import {
  listRecords,
  markProjectPending,
  type ProjectRef,
  requestFanOut,
} from '../../../shared/openstack/sync/store.ts'
import type { Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { Run } from '../run/deps.ts'

const perTransaction = 50

/**
 * Requeues users who changed during a run: their fan-out may have read Keystone before the run created, renamed or enabled
 * them.
 */
export async function requeueChanged(
  { deps: { table } }: Run,
  before: DesiredProject,
  after: DesiredProject | undefined,
): Promise<void> {
  const now = instantOf(table.now())
  const present = new Map(after?.members.map((member) => [member.userId, member]))
  const changed = before.members.filter((member) => !isDeepStrictEqual(member, present.get(member.userId)))
  await requeueUsers(
    table,
    before.customerId,
    changed.map(({ userId }) => userId),
    now,
  )
}

export async function requeueUsers(
  table: Table,
  customerId: string,
  userIds: readonly string[],
  now: Instant,
): Promise<void> {
  const requests = userIds.map((userId) => requestFanOut(keys.fanOut(customerId, 'user', userId), now))
  await transactInBatches(table, requests)
}

/** Requeues the user or project whose Keystone name this step takes away. */
export async function requeueDisplaced(table: Table, step: Step): Promise<void> {
  const of = 'of' in step ? step.of : undefined
  // Ids come from Keystone, where others may write them: no other text becomes part of a key.
  if (!of || !Object.values(of).every(isId)) return
  const now = instantOf(table.now())
  const request =
    'userId' in of
      ? requestFanOut(keys.fanOut(of.customerId, 'user', of.userId), now)
      : markProjectPending(of, now)
  await table.transact([request])
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

/** For writes that don't depend on each other. */
export async function transactInBatches(table: Table, writes: readonly Write[]): Promise<void> {
  for (let from = 0; from < writes.length; from += perTransaction)
    await table.transact(writes.slice(from, from + perTransaction))
}
