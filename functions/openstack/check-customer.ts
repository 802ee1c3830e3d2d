import { mapAtOnce } from '../../shared/directory/at-once.ts'
import { instantOf } from '../../shared/domain/instant.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import { applySteps } from '../../shared/openstack/plan/apply.ts'
import type { Lists } from '../../shared/openstack/plan/find.ts'
import { nameInKeystone, ownerOf } from '../../shared/openstack/plan/names.ts'
import type { Step } from '../../shared/openstack/plan/step.ts'
import type { KeystoneProject } from '../../shared/openstack/projects.ts'
import { commit } from '../../shared/table/commit.ts'
import { keys } from '../../shared/table/keys.ts'
import { findSpreading } from '../../shared/table/openstack.ts'
import { asProject } from '../../shared/table/projects.ts'
import { asUser } from '../../shared/table/users.ts'
import type { DriftMode } from './check-project.ts'
import { checkProject } from './check-project.ts'
import { planOf } from './converge-user.ts'
import type { OpenStackDeps } from './deps.ts'
import { driftedEvent, fingerprintOf, repairedEvent } from './drift.ts'
import type { SharedLists } from './lists.ts'
import { lookAt } from './look.ts'
import { projectsOf } from './projects-of.ts'

/** How many projects were looked at, and how many projects and users were not as they should be. */
export type Checked = { projects: number; drift: number }

/** What becomes of drift, and what was reported of it, by id: in the last pass, and in this one. */
export type Handling = {
  mode: DriftMode
  told: { before: Readonly<Record<string, string>>; now: Record<string, string> }
}

/** Projects looked at at the same time. */
const atOnce = 4

/** Looks at everything of a customer that is in Keystone, or should be. */
export async function checkCustomer(
  deps: OpenStackDeps,
  { id: customerId }: Customer,
  lists: SharedLists,
  handling: Handling,
): Promise<Checked> {
  const projects = await projectsOf(deps.table, customerId)
  // First: they are in many projects, and are told of once.
  const users = await checkUsers(deps, customerId, lists, handling)
  const drifted = await mapAtOnce(projects, atOnce, ({ id: projectId }) =>
    checkProject(deps, { customerId, projectId }, lists, handling.mode),
  )
  const gone = await checkGone(deps, customerId, lists, handling)
  return { projects: projects.length, drift: users + drifted.filter(Boolean).length + gone }
}

/** Users in Keystone whatever they are members of: the deleted ones too stay disabled. */
async function checkUsers(
  deps: OpenStackDeps,
  customerId: string,
  lists: SharedLists,
  handling: Handling,
): Promise<number> {
  if ((await differingUsers(deps, customerId, await lists.get())).length === 0) return 0
  const differing = await differingUsers(deps, customerId, await lists.renew())
  let drift = 0
  for (const { userId, steps } of differing)
    if (await putRight(deps, { customerId, id: userId, steps }, handling)) drift++
  if (drift > 0) lists.drop()
  return drift
}

async function differingUsers(deps: OpenStackDeps, customerId: string, lists: Lists) {
  const prefix = nameInKeystone(customerId, '')
  // Who was given a name that is like none of ours may be anybody's.
  const mayBeOurs = (name: string) => name.startsWith(prefix) || !name.includes('_')
  const ids = lists.users.flatMap(({ name, latchkeyUserId }) =>
    latchkeyUserId && mayBeOurs(name) ? [latchkeyUserId] : [],
  )
  // Of whom the directory has never heard is somebody else's.
  const users = (await deps.table.getMany([...new Set(ids)].map((id) => keys.user(customerId, id)))).map(
    asUser,
  )
  return users.flatMap((user) => {
    const steps = user ? planOf(deps, user, lists).steps : []
    return user && steps.length > 0 ? [{ userId: user.id, steps }] : []
  })
}

/** Deleted projects that are in Keystone still: nobody opens them again. */
async function checkGone(
  deps: OpenStackDeps,
  customerId: string,
  lists: SharedLists,
  handling: Handling,
): Promise<number> {
  const { table } = deps
  let drift = 0
  for (const there of (await lists.get()).projects) {
    const owner = ownerOf(there.tags)
    if (owner?.customerId !== customerId || !isOpen(there, customerId, owner.projectId)) continue
    const project = asProject(await table.get(keys.project(customerId, owner.projectId)))
    if (!project?.deleted) continue
    const { projectId } = owner
    const look = await lookAt(deps, { customerId, projectId }, await lists.renew(), undefined)
    const steps = look?.plan.steps ?? []
    if (steps.length > 0 && (await putRight(deps, { customerId, id: projectId, steps }, handling))) drift++
  }
  return drift
}

const isOpen = ({ enabled, name }: KeystoneProject, customerId: string, projectId: string) =>
  enabled || name !== nameInKeystone(customerId, projectId)

type Found = { customerId: string; id: string; steps: readonly Step[] }

/** False where a change of the directory is on its way, which may be why. */
async function putRight(
  { table, keystone, mapping }: OpenStackDeps,
  found: Found,
  { mode, told }: Handling,
): Promise<boolean> {
  if (await findSpreading(table, found.customerId)) return false
  const now = instantOf(table.now())
  if (mode === 'report') {
    const drift = fingerprintOf(found.steps)
    told.now[found.id] = drift
    if (told.before[found.id] !== drift)
      await commit(table, { writes: [], event: driftedEvent({ ...found, now }) })
    return true
  }
  await commit(table, { writes: [], event: repairedEvent({ ...found, now }) })
  const { stopped } = await applySteps(keystone, found.steps, {
    domainId: mapping.domainId,
    projectId: undefined,
  })
  if (stopped) throw stopped
  return true
}
