import { isId } from '../../../shared/domain/values/id.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { Lists } from '../../../shared/openstack/plan/find.ts'
import { nameInKeystone, ownerOf } from '../../../shared/openstack/plan/names.ts'
import type { Step } from '../../../shared/openstack/plan/step.ts'
import { requestFanOut } from '../../../shared/openstack/sync/store.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { OpenStackDeps, Run } from '../run/deps.ts'
import { planOf } from './converge-user.ts'
import { transactInBatches } from './requeue.ts'

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
