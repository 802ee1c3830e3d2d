import { mapAtOnce } from '../../shared/directory/at-once.ts'
import { moveReview } from '../../shared/directory/move-review.ts'
import type { Settled } from '../../shared/domain/settle.ts'
import { brakeFor } from '../../shared/domain/settle.ts'
import { isMainMember } from '../../shared/domain/main-project.ts'
import { typeOf } from '../../shared/domain/user.ts'
import { commit } from '../../shared/table/commit.ts'
import { keys } from '../../shared/table/keys.ts'
import { everyItem } from '../../shared/table/reviews.ts'
import { asUser } from '../../shared/table/users.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { actorOf, contextOf, isTimeUp, nowOf } from './deps.ts'
import { lookAgain } from './look-again.ts'
import { readResources } from './read-holdings.ts'
import { walkUsers } from './walk-users.ts'

const readAtOnce = 100
const looksAtOnce = 8

/**
 * Once nobody can decide any more: every user is read once more, so that each grant in scope has an item and no item is of
 * what isn't held, whatever the stream has told; then the brake is set for what nobody has decided. False if it isn't done
 * in time.
 */
export async function reconcile(deps: ReviewDeps, atHand: AtHand): Promise<boolean> {
  const resources = await readResources(deps.table, atHand.customer)
  const look = (userId: string) => lookAgain(deps, atHand, resources, userId)
  if ((await walkUsers(deps, atHand, 'reconciling', look)) === undefined) return false
  const holders = await readHolders(deps, atHand)
  await mapAtOnce(holders.gone, looksAtOnce, look)
  if (isTimeUp(deps)) return false
  const { review } = atHand
  const brake = brakeFor(await settledOf(deps, atHand), review.policy, (userId) => holders.active.has(userId))
  const context = contextOf(deps, actorOf(review))
  await commit(deps.table, moveReview(context, atHand, { ...review, brake }, 'review.settled').change)
  return true
}

/** Of those who have items: who isn't there any more, and who is an admin that can use the Interface. */
async function readHolders(deps: ReviewDeps, { review, customer }: AtHand) {
  const ids = new Set<string>()
  for await (const { userId } of everyItem(deps.table, review)) ids.add(userId)
  const gone: string[] = []
  const active = new Set<string>()
  const left = [...ids]
  while (left.length > 0) {
    const part = left.splice(0, readAtOnce)
    const found = await deps.table.getMany(part.map((id) => keys.user(customer.id, id)))
    for (const [place, id] of part.entries()) {
      const user = asUser(found[place])
      if (!user || user.deleted) gone.push(id)
      else if (typeOf(user) === 'customer-admin' && user.status === 'active') {
        if (isMainMember(customer, user, nowOf(deps))) active.add(id)
      }
    }
  }
  return { gone, active }
}

/** Of each item only what the brake has to know. */
async function settledOf({ table }: ReviewDeps, { review }: AtHand): Promise<Settled[]> {
  const settled: Settled[] = []
  for await (const item of everyItem(table, review)) {
    const { userId, resource, userType, state, decision, recommendation, evidence } = item
    settled.push({
      userId,
      resource,
      userType,
      state,
      decision,
      recommendation: { advice: recommendation.advice },
      evidence: { lastUse: evidence.lastUse },
    })
  }
  return settled
}
