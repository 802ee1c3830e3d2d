import { adminSince } from '../../domain/entities/user-type.ts'
import { adminQuota, type User } from '../../domain/entities/user.ts'
import { addMilliseconds, stampOf } from '../../domain/values/instant.ts'
import { type Admins, adminsItem, findAdmins } from '../../records/customers.ts'
import { newestProjectAt } from '../../records/projects.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import { type Context, timestampAfter, isEvent } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'

/** A user before and after a change; without `before`, a new one. */
type UserSides = { before?: User | undefined; after: User }

const sinceOf = (user: User | undefined) => (user && !user.deleted ? adminSince(user.types) : undefined)

/**
 * Updates the list of admins to the users' types, within the quota; returns no writes if it doesn't change. `read`:
 * the list as it was read when the change got its timestamp.
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
 * Lets a person's promotion count after every existing project, so that it adds nobody to these. The list of admins
 * is read first: a project created afterwards rewrites it (`orderAmongAdmins`), which makes the promotion stale.
 */
export async function afterNewestProject(
  context: Context,
  customerId: string,
): Promise<{ context: Context; admins: Versioned<Admins> | undefined }> {
  if (isEvent(context)) return { context, admins: undefined }
  const admins = await findAdmins(context.table, customerId)
  const newest = await newestProjectAt(context.table, customerId)
  // Ids of one millisecond don't tell which is the newest.
  return { context: timestampAfter(context, newest && stampOf(addMilliseconds(newest, 1), '')), admins }
}

/**
 * Lets a project created by a person count after the last change of the list of admins, and rewrites the list, so
 * that a concurrent promotion is stale. Events are ordered among promotions by their timestamp.
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
