import { randomUUID } from 'node:crypto'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { KeystoneProject } from '../../../shared/openstack/keystone/projects.ts'
import { listPeople } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import { findFanOutPending, findRecord } from '../../../shared/openstack/sync/store.ts'
import { isKeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asUser } from '../../../shared/records/users.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { keys } from '../../../shared/table/keys.ts'
import { convergeUser, differingUsers } from '../converge/converge-user.ts'
import { projectsOf, readProjectDiff } from '../converge/project-diff.ts'
import { requestAndProcess } from '../converge/sync-request.ts'
import { isUnreachable } from '../run/circuit-breaker.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { isOver } from '../run/deps.ts'
import { type SharedLists, shareLists } from '../run/shared-lists.ts'
import { checkProject, type DriftMode, repairProject } from './check-project.ts'
import { driftedEvent, fingerprintOf, repairedEvent } from './drift.ts'

/** How many projects were looked at, and how many projects and users were not as they should be. */
export type Checked = { projects: number; drift: number }

/** What becomes of drift, and what was reported of it, by id: in the last pass, and in this one. */
export type DriftHandling = {
  mode: DriftMode
  told: { before: Readonly<Record<string, string>>; now: Record<string, string> }
}

/** Of one customer: lists of everything, and of its own people, which are as they are now. */
type CustomerCheck = {
  deps: OpenStackDeps
  customerId: string
  lists: SharedLists
  people: SharedLists
} & DriftHandling

/** Projects looked at at the same time. */
const atOnce = 4
const peopleLast = 10_000

/** Looks at everything of a customer that is in Keystone, or should be. */
export async function checkCustomer(
  deps: OpenStackDeps,
  { id: customerId }: Customer,
  lists: SharedLists,
  handling: DriftHandling,
): Promise<Checked> {
  const { keystone, mapping, table } = deps
  const read = () => listPeople(keystone, mapping, customerId)
  const people = shareLists({ read, now: table.now, maxAge: peopleLast })
  const scene: CustomerCheck = { deps, customerId, lists, people, ...handling }
  const projects = await projectsOf(table, customerId)
  // First: they are in many projects, and are told of once.
  const users = await checkUsers(scene)
  const drifted = await mapConcurrent(projects, atOnce, async ({ id: projectId }) => {
    if (isOver(deps, instantOf(table.now()))) return false
    const ref = { customerId, projectId }
    return tolerantly(deps, () => checkProject(deps, ref, { lists, people }, handling.mode))
  })
  const gone = await checkDeletedProjects(scene)
  return { projects: projects.length, drift: users + drifted.filter(Boolean).length + gone }
}

/** What Keystone won't do for one doesn't keep the pass from the others. */
async function tolerantly(deps: OpenStackDeps, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work()
  } catch (error) {
    // Somebody has said something of it since.
    if (isStale(error)) return false
    if (!isKeystoneError(error) || isUnreachable(error)) throw error
    deps.log('warn', 'Keystone refuses', { code: error.code, error: error.message })
    return false
  }
}

/** Users in Keystone whatever they are members of: the deleted ones too stay disabled. */
async function checkUsers(scene: CustomerCheck): Promise<number> {
  const { deps, customerId, lists } = scene
  if ((await differingUsers(deps, customerId, await lists.get())).length === 0) return 0
  const differing = await differingUsers(deps, customerId, await lists.renew())
  let drift = 0
  for (const { userId, steps } of differing) {
    const key = keys.fanOut(customerId, 'user', userId)
    const repair = (event: AuditEvent) =>
      requestAndProcess(deps.table, key, event, () => convergeUserAlone(scene, userId))
    if (await tolerantly(deps, () => handleDrift(scene, { id: userId, steps, repair }))) drift++
  }
  if (drift > 0) lists.drop()
  return drift
}

/** Not where it is a member: what differs there is found there. */
async function convergeUserAlone({ deps, customerId, lists }: CustomerCheck, userId: string): Promise<void> {
  const user = asUser(await deps.table.get(keys.user(customerId, userId)))
  const outcome = user && (await convergeUser(deps, user, await lists.renew()))
  if (outcome?.refusal) throw outcome.refusal
}

/** Deleted projects that are in Keystone still: nobody opens them again. */
async function checkDeletedProjects(scene: CustomerCheck): Promise<number> {
  const { deps, customerId, lists, people } = scene
  let drift = 0
  for (const there of (await lists.get()).projects) {
    const owner = ownerOf(there.tags)
    if (owner?.customerId !== customerId || !isOpen(there, customerId, owner.projectId)) continue
    const project = asProject(await deps.table.get(keys.project(customerId, owner.projectId)))
    if (!project?.deleted) continue
    const ref = { customerId, projectId: project.id }
    const look = await readProjectDiff(deps, ref, await lists.renew(), undefined)
    if (!look || look.plan.steps.length === 0) continue
    const run: Run = { deps, ref, lists: people, id: randomUUID() }
    const repair = async (event: AuditEvent) =>
      repairProject(run, await findRecord(deps.table, ref), look, event)
    const found = { id: project.id, steps: look.plan.steps, repair }
    if (await tolerantly(deps, () => handleDrift(scene, found))) drift++
  }
  return drift
}

const isOpen = ({ enabled, name }: KeystoneProject, customerId: string, projectId: string) =>
  enabled || name !== nameInKeystone(customerId, projectId)

type Found = {
  id: string
  steps: readonly Step[]
  /** Makes it due together with the event, so that it is put right whatever happens, and does it. */
  repair: (event: AuditEvent) => Promise<void>
}

/** False where a change of the directory is on its way, which may be why. */
async function handleDrift(
  { deps: { table }, customerId, mode, told }: CustomerCheck,
  { id, steps, repair }: Found,
): Promise<boolean> {
  if (await findFanOutPending(table, customerId)) return false
  const found = { customerId, id, steps, now: instantOf(table.now()) }
  if (mode === 'repair') {
    await repair(repairedEvent(found))
    return true
  }
  const drift = fingerprintOf(steps)
  told.now[id] = drift
  if (told.before[id] !== drift) await commit(table, { writes: [], event: driftedEvent(found) })
  return true
}
