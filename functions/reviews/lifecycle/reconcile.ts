import { commit } from '../../../shared/records/commit.ts'
import { asUser } from '../../../shared/records/users.ts'
import { setCap } from '../../../shared/reviews/model/lifecycle.ts'
import {
  type CapInput,
  capInputOf,
  computeRevocationCap,
} from '../../../shared/reviews/model/revocation-cap.ts'
import { takenBefore } from '../../../shared/reviews/policy/allowance.ts'
import { everyItem } from '../../../shared/reviews/store.ts'
import { moveReview } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { keys } from '../../../shared/table/keys.ts'
import { forEachUserPage } from '../items/checkpoint.ts'
import { actorOf, contextOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { listActiveAdmins, readResources } from '../items/read-entitlements.ts'
import { syncUserItems } from '../items/sync-users.ts'

const readAtOnce = 100
const usersAtOnce = 8

/**
 * Once decisions have ended, syncs the items of every user, whatever the stream has missed, and computes the revocation cap
 * from all grants held and recently revoked. The cap is fixed until the review closes, as its transaction checks that the
 * schedule is as read. False: time is up, and reconciling continues later.
 */
export async function reconcile(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const { review, customer, schedule } = reviewContext
  const resources = await readResources(deps.table, customer)
  const sync = (userId: string) => syncUserItems(deps, reviewContext, resources, userId)
  const held = await forEachUserPage(deps, reviewContext, 'reconciling', sync)
  if (held === undefined) return false
  // No time limit from here on: without checkpoints, work that breaks off would start over each time and never end.
  await mapConcurrent(await findDeletedUsers(deps, reviewContext), usersAtOnce, sync)
  const admins = await listActiveAdmins(deps, customer)
  const adminIds = new Set(admins.map(({ id }) => id))
  const context = contextOf(deps, actorOf(review))
  const account = { held, taken: takenBefore(schedule.taken ?? [], context.now) }
  const inputs = await readCapInputs(deps, reviewContext)
  const cap = computeRevocationCap(inputs, review.policy, adminIds, account)
  await commit(deps.table, moveReview(context, reviewContext, setCap(review, cap), 'review.settled').change)
  return true
}

/** Ids of deleted users with items: they have no address any more, by which `forEachUserPage` would find them. */
async function findDeletedUsers(
  { table }: ReviewDeps,
  { review, customer }: ReviewContext,
): Promise<string[]> {
  const ids = new Set<string>()
  for await (const { userId } of everyItem(table, review)) ids.add(userId)
  const deleted: string[] = []
  const unread = [...ids]
  while (unread.length > 0) {
    const part = unread.splice(0, readAtOnce)
    const users = await table.getMany(part.map((id) => keys.user(customer.id, id)))
    deleted.push(...part.filter((_id, place) => asUser(users[place])?.deleted !== undefined))
  }
  return deleted
}

async function readCapInputs({ table }: ReviewDeps, { review }: ReviewContext): Promise<CapInput[]> {
  const inputs: CapInput[] = []
  for await (const item of everyItem(table, review)) {
    const input = capInputOf(item, review.policy)
    if (input) inputs.push(input)
  }
  return inputs
}
