import { addMilliseconds } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asUser } from '../../../shared/records/users.ts'
import { close, setCap } from '../../../shared/reviews/model/lifecycle.ts'
import { type OutcomeName, outcomeName } from '../../../shared/reviews/model/review-item.ts'
import {
  type CapInput,
  capInputOf,
  computeRevocationCap,
  lostByDefault,
} from '../../../shared/reviews/model/revocation-cap.ts'
import { takenBefore, withTaken } from '../../../shared/reviews/policy/allowance.ts'
import { everyItem, findCheckpoint } from '../../../shared/reviews/store.ts'
import { moveReview, scheduleNextRun } from '../../../shared/reviews/transition.ts'
import { retryDelay } from '../../../shared/runtime/backoff.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import { keys } from '../../../shared/table/keys.ts'
import { messages } from '../items/alarm-messages.ts'
import { type BatchResult, beginVerifying, forEachUserPage } from '../items/checkpoint.ts'
import { actorOf, contextOf, nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { listActiveAdmins, readResources } from '../items/read-entitlements.ts'
import { syncUserItems } from '../items/sync-users.ts'
import { applyItems } from './apply-items.ts'
import { verifyItems } from './verify-items.ts'

/** Runs with failures until the alarm: the pauses between them add up to more than twenty minutes. */
const stuckAfter = 9
const readAtOnce = 100
const usersAtOnce = 8

/** Reconciles the items of an applying review, applies them, verifies them, and closes it. True if there may be more to do now. */
export async function advanceApplyingReview(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
): Promise<boolean> {
  const { review, schedule } = reviewContext
  // No trigger shortens the pause before a retry.
  if (schedule.due !== undefined && schedule.due > nowOf(deps)) return false
  if (!review.brake) return reconcile(deps, reviewContext)
  const checkpoint = await findCheckpoint(deps.table, review)
  if (checkpoint?.phase !== 'verifying') {
    const result = await applyItems(deps, reviewContext, review.brake)
    if (result.end !== 'done') return retryLater(deps, reviewContext, result)
    await beginVerifying(deps.table, reviewContext)
    return true
  }
  const result = await verifyItems(deps, reviewContext)
  if (result.end !== 'done') return retryLater(deps, reviewContext, result)
  await closeReview(deps, reviewContext)
  return true
}

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

/** Schedules the next run for items that failed; the review stays open for them. */
async function retryLater(
  deps: ReviewDeps,
  { schedule }: ReviewContext,
  result: BatchResult,
): Promise<false> {
  if (result.end !== 'left') return false
  const { customerId } = schedule
  const { count, failures } = result
  if (failures >= stuckAfter) deps.log('error', messages.stuck, { customerId, count, attempts: failures })
  const pause = retryDelay(failures - 1)
  await scheduleNextRun(deps.table, schedule, addMilliseconds(nowOf(deps), pause))
  return false
}

/**
 * Closes a review, with how many items had each outcome. The same transaction charges grants lost without a decision to the
 * customer's allowance: no other review can start before it, so none can miss them.
 */
export async function closeReview(deps: ReviewDeps, reviewContext: ReviewContext): Promise<void> {
  const { review, schedule } = reviewContext
  let taken = 0
  const outcomes: Partial<Record<OutcomeName, number>> = {}
  for await (const item of everyItem(deps.table, review)) {
    const name = outcomeName(item)
    if (lostByDefault(item)) taken++
    if (name) outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const context = contextOf(deps, actorOf(review))
  const charged = { ...schedule, taken: withTaken(schedule.taken ?? [], taken, context.now) }
  const closed = close(review, outcomes, context.now)
  await commit(deps.table, moveReview(context, { review, schedule: charged }, closed, 'review.closed').change)
}
