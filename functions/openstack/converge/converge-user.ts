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
import { requestFanOut } from '../../../shared/openstack/sync/store.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { requeueDisplaced, transactInBatches } from './requeue.ts'

/** What a user who is in Keystone lacks of what the directory says of it; nothing where it isn't there. */
export function planOf({ mapping }: Pick<OpenStackDeps, 'mapping'>, user: User, lists: Lists): UserPlan {
  return planUser(desiredUser(user), snapshotOf({ ...lists, assignments: [] }), mapping, { create: false })
}

function desiredUser({ customerId, id: userId, email, status, deleted }: User): DesiredUser {
  return { customerId, userId, email, status: deleted ? 'gone' : status }
}

export type UserOutcome = { refusal: KeystoneError | undefined; obstacle: Obstacle | undefined }

/**
 * Name and status of a user in Keystone, whatever it is a member of: once disabled there, nothing that is assigned counts.
 * Says what keeps it from being as it should be: what Keystone refused, or whose its name is. Throws a `KeystoneError` where
 * Keystone can't be asked.
 */
export async function convergeUser(deps: OpenStackDeps, user: User, lists: Lists): Promise<UserOutcome> {
  const { keystone, mapping, table } = deps
  const { steps, obstacle } = planOf(deps, user, lists)
  const { domainId } = mapping
  const mayGoOn = async (step: (typeof steps)[number]) => {
    await requeueDisplaced(table, step)
    return true
  }
  const { failures, stopped } = await applySteps(keystone, steps, {
    domainId,
    projectId: undefined,
    shouldContinue: mayGoOn,
  })
  if (stopped) throw stopped
  return { refusal: failures[0]?.error, obstacle }
}

type Differing = { userId: string; steps: Step[] }

/** A customer's users of whom Keystone says something else than the directory, the deleted ones too. */
export async function differingUsers(
  deps: OpenStackDeps,
  customerId: string,
  lists: Lists,
): Promise<Differing[]> {
  const prefix = nameInKeystone(customerId, '')
  const known = new Set(lists.projects.map(({ tags }) => ownerOf(tags)?.customerId))
  // Who was given a name that is like none of any customer's may be anybody's.
  const mayBeOurs = (name: string) => name.startsWith(prefix) || !known.has(name.split('_', 1)[0])
  const ids = lists.users.flatMap(({ name, latchkeyUserId = '' }) =>
    isId(latchkeyUserId) && mayBeOurs(name) ? [latchkeyUserId] : [],
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

/** What a run that died may have made of users who have changed since: nobody else knows of it. */
export async function requeueDiffering({ deps, ref: { customerId }, lists }: Run): Promise<void> {
  const now = instantOf(deps.table.now())
  const differing = await differingUsers(deps, customerId, await lists.renew())
  const words = differing.map(({ userId }) => requestFanOut(keys.fanOut(customerId, 'user', userId), now))
  await transactInBatches(deps.table, words)
}
