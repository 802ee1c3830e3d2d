import { isId } from '../../../shared/domain/values/id.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import type { RoleAssignment } from '../../../shared/openstack/keystone/assignments.ts'
import type { DesiredProject } from '../../../shared/openstack/plan/desired.ts'
import { findAssigned, findFor, type Lists } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone } from '../../../shared/openstack/plan/names.ts'
import { type KeystonePlan, planProject } from '../../../shared/openstack/plan/plan-project.ts'
import type { Snapshot } from '../../../shared/openstack/plan/snapshot.ts'
import type { OpenStackRecord } from '../../../shared/openstack/sync/project-record.ts'
import type { ProjectRef } from '../../../shared/openstack/sync/store.ts'
import { membersChangedSince } from '../../../shared/records/audit-events.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { OpenStackDeps } from '../run/deps.ts'
import { readDesiredState, type DesiredState } from './desired-state.ts'
import { isToBeRenamed } from './name-conflicts.ts'

/** A project as it should be, and what Keystone lacks of it. */
export type ProjectDiff = DesiredState & { plan: KeystonePlan; others: string[] }

/**
 * Keystone is asked first: who is in the project there is read strongly as well, so that an index that lags takes nobody's
 * role away. `undefined`: there's no such project in the directory any more.
 */
export async function readProjectDiff(
  { table, keystone, mapping }: OpenStackDeps,
  ref: ProjectRef,
  lists: Lists,
  record: OpenStackRecord | undefined,
): Promise<ProjectDiff | undefined> {
  const assigned = await findAssigned(keystone, ref, lists)
  const others = [...oursAmong(assigned, lists), ...(await changedLately(table, ref, record))]
  const should = await readDesiredState(table, ref, others)
  if (!should) return undefined
  const { desired } = should
  const snapshot = await findFor(keystone, desired, lists, mapping, assigned)
  const holderLeaves = await doesHolderLeave(table, desired, snapshot)
  return { ...should, others, plan: planProject(desired, snapshot, mapping, { holderLeaves }) }
}

/** Asked of the directory only where Keystone's database takes two names of one customer for one. */
async function doesHolderLeave(
  table: Table,
  { customerId, project }: DesiredProject,
  snapshot: Snapshot,
): Promise<boolean> {
  const name = nameInKeystone(customerId, project.name)
  const holder = project.status === 'active' ? snapshot.projectHolding(name) : undefined
  if (!holder || holder.name === name) return false
  return isToBeRenamed(table, customerId, holder)
}

function oursAmong(assigned: readonly RoleAssignment[], { users }: Lists): string[] {
  const ids = new Set(assigned.map(({ principal }) => principal.id))
  return users.flatMap(({ id, latchkeyUserId = '' }) =>
    ids.has(id) && isId(latchkeyUserId) ? [latchkeyUserId] : [],
  )
}

/** Milliseconds after which an index is taken to know a grant that was committed before. */
const indexLag = 60_000
/** And how far the clocks of those who commit may differ, and a commit be late. */
const tolerance = 30_000

async function changedLately(
  table: Table,
  ref: ProjectRef,
  record: OpenStackRecord | undefined,
): Promise<string[]> {
  const since = addMilliseconds(instantOf(table.now()), -indexLag)
  if (record && (record.markedAt ?? '') < since) return []
  return membersChangedSince(table, ref, addMilliseconds(since, -tolerance))
}
