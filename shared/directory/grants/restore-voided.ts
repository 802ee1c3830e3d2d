import { mainProjectId } from '../../domain/entities/project.ts'
import { revokedByTypeUntil } from '../../domain/entities/user-type.ts'
import type { User } from '../../domain/entities/user.ts'
import { deliveryOfStamp, type Stamp } from '../../domain/values/instant.ts'
import { isSettled } from '../../provisioning/delivery.ts'
import { isRevokingEvent } from '../../provisioning/event-types.ts'
import { findDelivery } from '../../provisioning/store.ts'
import { findUserWithGrants } from '../../records/users.ts'
import type { Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { type Context, isEvent } from '../change/change-plan.ts'
import { backToWaiting } from './restore-claimed.ts'
import { batchSize, PrecedingChange } from './restore-grants.ts'

const reason = 'a billing user holds no such grant'

/**
 * Before a user turns out to have become billing earlier, or never: puts the deliveries of grants made since back to
 * waiting for the user's type, a batch at a time. A delivery that is triggered before the user changes has no effect,
 * and is restored again.
 * @throws {PrecedingChange}
 */
export async function restoreVoided(context: Context, before: User, after: User): Promise<void> {
  const [from, until] = [revokedByTypeUntil(after.types) ?? '', revokedByTypeUntil(before.types) ?? '']
  if (!isEvent(context) || from >= until) return
  const writes: Write[] = []
  for (const stamp of await tombstonesBetween(context, before, from, until)) {
    writes.push(...(await restoreVoidedGrant(context, before, stamp)))
    if (writes.length === batchSize) break
  }
  if (writes.length > 0) throw new PrecedingChange({ writes })
}

async function tombstonesBetween({ table }: Context, { customerId, id }: User, from: Stamp, until: Stamp) {
  const { grants } = await findUserWithGrants(table, customerId, id)
  return [...grants.values()]
    .filter(({ resource }) => !(resource.kind === 'project' && resource.id === mainProjectId))
    .map(({ stamp }) => stamp)
    .filter((stamp) => stamp > from && stamp <= until)
}

async function restoreVoidedGrant({ table, now }: Context, user: User, stamp: Stamp): Promise<Write[]> {
  const id = deliveryOfStamp(stamp)
  const delivery = id && (await findDelivery(table, id.source, id.id))
  if (!delivery || !isSettled(delivery) || isRevokingEvent(delivery.type)) return []
  return [backToWaiting(delivery, keys.user(user.customerId, user.id), reason, now)]
}
