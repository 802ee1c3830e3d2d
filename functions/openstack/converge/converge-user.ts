import type { User } from '../../../shared/domain/entities/user.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import type { DesiredUser } from '../../../shared/openstack/plan/desired.ts'
import type { Lists } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
import type { Obstacle } from '../../../shared/openstack/plan/obstacle.ts'
import { planUser, type UserPlan } from '../../../shared/openstack/plan/plan-user.ts'
import { snapshotOf } from '../../../shared/openstack/plan/snapshot.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { requeueDisplaced, requeueUsers } from './requeue.ts'

/** Plans nothing for a user who isn't in Keystone. */
function planExistingUser({ mapping }: OpenStackDeps, user: User, lists: Lists): UserPlan {
  return planUser(desiredUser(user), snapshotOf({ ...lists, assignments: [] }), mapping, { create: false })
}

function desiredUser({ customerId, id: userId, email, status, deleted }: User): DesiredUser {
  return { customerId, userId, email, status: deleted ? 'gone' : status }
}

type UserOutcome = { refusal: KeystoneError | undefined; obstacle: Obstacle | undefined }

/**
 * Makes name and status of an existing Keystone user match the directory, whatever the memberships: no assignment of a
 * disabled user counts. Returns what prevents it, if anything: Keystone's refusal, or the holder of the name. Throws a
 * `KeystoneError` where Keystone can't be asked.
 */
export async function convergeUser(deps: OpenStackDeps, user: User, lists: Lists): Promise<UserOutcome> {
  const { keystone, mapping, table } = deps
  const { steps, obstacle } = planExistingUser(deps, user, lists)
  const shouldContinue = async (step: Step) => {
    await requeueDisplaced(table, step)
    return true
  }
  const { domainId } = mapping
  const { failures, stopped } = await applySteps(keystone, steps, {
    domainId,
    projectId: undefined,
    shouldContinue,
  })
  if (stopped) throw stopped
  return { refusal: failures[0]?.error, obstacle }
}

type Differing = { userId: string; steps: Step[] }

/** A customer's users, the deleted ones too, whose name or status in Keystone doesn't match the directory. */
export async function differingUsers(
  deps: OpenStackDeps,
  customerId: string,
  lists: Lists,
): Promise<Differing[]> {
  const prefix = nameInKeystone(customerId, '')
  const known = new Set(lists.projects.map(({ tags }) => ownerOf(tags)?.customerId))
  // A user whose name begins with no customer's id may be of any customer.
  const mayBeOurs = (name: string) => name.startsWith(prefix) || !known.has(name.split('_', 1)[0])
  const ids = lists.users.flatMap(({ name, latchkeyUserId = '' }) =>
    isId(latchkeyUserId) && mayBeOurs(name) ? [latchkeyUserId] : [],
  )
  // Keystone users that this customer's directory doesn't know are ignored.
  const found = await deps.table.getMany([...new Set(ids)].map((id) => keys.user(customerId, id)))
  return found.map(asUser).flatMap((user) => {
    const steps = user ? planExistingUser(deps, user, lists).steps : []
    return user && steps.length > 0 ? [{ userId: user.id, steps }] : []
  })
}

/** Requeues users that a crashed run may have written with outdated names or status: nothing else would notice. */
export async function requeueDiffering({ deps, ref: { customerId }, lists }: Run): Promise<void> {
  const now = instantOf(deps.table.now())
  const differing = await differingUsers(deps, customerId, await lists.renew())
  await requeueUsers(
    deps.table,
    customerId,
    differing.map(({ userId }) => userId),
    now,
  )
}
