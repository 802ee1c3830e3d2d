import { commit } from '../../../shared/records/commit.ts'
import { asUser } from '../../../shared/records/users.ts'
import { computeRevocationCap, type CapInput } from '../../../shared/reviews/model/revocation-cap.ts'
import { takenBefore } from '../../../shared/reviews/policy/allowance.ts'
import { everyItem } from '../../../shared/reviews/store.ts'
import { moveReview } from '../../../shared/reviews/transition.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { keys } from '../../../shared/table/keys.ts'
import { forEachUserPage } from '../items/checkpoint.ts'
import { actorOf, type ReviewContext, contextOf, type ReviewDeps } from '../items/deps.ts'
import { listActiveAdmins, readResources } from '../items/read-entitlements.ts'
import { syncUserItems } from '../items/sync-user-items.ts'

const readAtOnce = 100
const usersAtOnce = 8

/**
 * Once nobody can decide any more: every user is read once more, so that each grant in scope has an item and no item is of
 * what isn't held, whatever the stream has told; what has changed since then is left alone. Then the brake is set for what nobody has
 * decided, by all that is held and what reviews took so lately, which stays so until this one is closed: the calendar is as it was read. False if it isn't done in time.
 */
export async function reconcile(deps: ReviewDeps, reviewContext: ReviewContext): Promise<boolean> {
  const resources = await readResources(deps.table, reviewContext.customer)
  const look = (userId: string) => syncUserItems(deps, reviewContext, resources, userId)
  const held = await forEachUserPage(deps, reviewContext, 'reconciling', look)
  if (held === undefined) return false
  // From here on nothing is written down on the way: what would be broken off here would never come to its end.
  await mapConcurrent(await findDeleted(deps, reviewContext), usersAtOnce, look)
  const { review, customer, schedule } = reviewContext
  const admins = await listActiveAdmins(deps, customer)
  const adminIds = new Set(admins.map(({ id }) => id))
  const context = contextOf(deps, actorOf(review))
  const account = { held, taken: takenBefore(schedule.taken ?? [], context.now) }
  const brake = computeRevocationCap(await capInputOf(deps, reviewContext), review.policy, adminIds, account)
  await commit(deps.table, moveReview(context, reviewContext, { ...review, brake }, 'review.settled').change)
  return true
}

/** Ids of those who have items and are deleted: no address leads to them any more. */
async function findDeleted({ table }: ReviewDeps, { review, customer }: ReviewContext): Promise<string[]> {
  const ids = new Set<string>()
  for await (const { userId } of everyItem(table, review)) ids.add(userId)
  const deleted: string[] = []
  const left = [...ids]
  while (left.length > 0) {
    const part = left.splice(0, readAtOnce)
    const found = await table.getMany(part.map((id) => keys.user(customer.id, id)))
    deleted.push(...part.filter((_id, place) => asUser(found[place])?.deleted !== undefined))
  }
  return deleted
}

/** Of each item only what the brake has to know. */
async function capInputOf({ table }: ReviewDeps, { review }: ReviewContext): Promise<CapInput[]> {
  const settled: CapInput[] = []
  for await (const item of everyItem(table, review)) {
    const { userId, resource, userType, state, decision, outcome, recommendation, evidence } = item
    settled.push({
      userId,
      resource,
      userType,
      state,
      decision,
      outcome: outcome && { by: outcome.by },
      recommendation: { advice: recommendation.advice },
      evidence: { lastUse: evidence.lastUse },
    })
  }
  return settled
}
