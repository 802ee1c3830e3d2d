import type { User } from '../../../shared/domain/entities/user.ts'
import { applySteps } from '../../../shared/openstack/plan/apply.ts'
import type { DesiredUser } from '../../../shared/openstack/plan/desired.ts'
import type { Lists } from '../../../shared/openstack/plan/find.ts'
import type { Obstacle } from '../../../shared/openstack/plan/obstacle.ts'
import { planUser, type UserPlan } from '../../../shared/openstack/plan/plan-user.ts'
import { snapshotOf } from '../../../shared/openstack/plan/snapshot.ts'
import type { KeystoneError } from '../../../shared/openstack/transport/errors.ts'
import type { OpenStackDeps } from '../run/deps.ts'
import { requeueDisplaced } from './requeue.ts'

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
