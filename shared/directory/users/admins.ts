import { adminSince } from '../../domain/entities/user-type.ts'
import { adminQuota, type User } from '../../domain/entities/user.ts'
import { addMilliseconds, stampOf } from '../../domain/values/instant.ts'
import { type Admins, adminsItem, findAdmins } from '../../records/customers.ts'
import { newestProjectAt } from '../../records/projects.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { type Context, timestampAfter, isEvent } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'

/** A user before and after a change; new without a `before`. */
export type UserSides = { before?: User | undefined; after: User }

const sinceOf = (user: User | undefined) => (user && !user.deleted ? adminSince(user.types) : undefined)

/**
 * Keeps the list of admins equal to what the users say, and within the quota; nothing where it doesn't change. `read`:
 * the list as it was when the change's place in time was found.
 */
export async function planAdmins(
  context: Context,
  customerId: string,
  users: readonly UserSides[],
  read?: Versioned<Admins>,
): Promise<Write[]> {
  const changed = users.filter(({ before, after }) => sinceOf(before) !== sinceOf(after))
  if (changed.length === 0) return []
  const admins = read ?? (await findAdmins(context.table, customerId))
  const since = new Map(Object.entries(admins?.since ?? {}))
  for (const { after } of changed) since.delete(after.id)
  for (const { after } of changed) {
    const from = sinceOf(after)
    if (from !== undefined) since.set(after.id, from)
  }
  if (since.size > adminQuota && since.size > Object.keys(admins?.since ?? {}).length) {
    const dependency = { key: keys.admins(customerId), expectedVersion: versionOf(admins) }
    throw new PendingDependency('quota', `a customer has at most ${adminQuota} admins`, dependency)
  }
  const before = admins?.changed ?? ''
  const item = adminsItem(customerId, {
    since: Object.fromEntries(since),
    changed: before > context.stamp ? before : context.stamp,
  })
  return [{ put: item, expectedVersion: versionOf(admins) }]
}

/**
 * For a person's promotion: it counts after every project there is, so it adds nobody to these. A project that is made
 * after the list was read rewrites it (`orderAmongAdmins`), and the promotion is planned again: hence the list first.
 */
export async function afterNewestProject(
  context: Context,
  customerId: string,
): Promise<{ context: Context; admins: Versioned<Admins> | undefined }> {
  if (isEvent(context)) return { context, admins: undefined }
  const admins = await findAdmins(context.table, customerId)
  const newest = await newestProjectAt(context.table, customerId)
  // Within a millisecond ids don't tell which is the newest.
  return { context: timestampAfter(context, newest && stampOf(addMilliseconds(newest, 1), '')), admins }
}

/**
 * For a project that a person creates: it counts after the last change of the list of admins, and the write makes that
 * change and the creation come one after the other. An event's place among promotions is its timestamp's.
 */
export async function orderAmongAdmins(
  context: Context,
  customerId: string,
): Promise<{ context: Context; writes: Write[] }> {
  if (isEvent(context)) return { context, writes: [] }
  const admins = await findAdmins(context.table, customerId)
  const { since = {}, changed = '' } = admins ?? {}
  return {
    context: timestampAfter(context, changed),
    writes: [{ put: adminsItem(customerId, { since, changed }), expectedVersion: versionOf(admins) }],
  }
}
