import type { Facts } from '../../../shared/domain/access/decide.ts'
import { entitlementsOf, type Resources } from '../../../shared/domain/access/entitlements.ts'
import { mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { DomainError, isStale } from '../../../shared/domain/values/errors.ts'
import { findUserWithGrants, type UserWithGrants } from '../../../shared/records/users.ts'
import { toGone, toKept, unchangedOutcome } from '../../../shared/reviews/model/refresh-items.ts'
import {
  isSameGrant,
  isUndone,
  itemId,
  type ItemOutcome,
  type ReviewItem,
} from '../../../shared/reviews/model/review-item.ts'
import { type RevocationCap, defaultOutcome } from '../../../shared/reviews/model/revocation-cap.ts'
import { outcomeMismatch } from '../../../shared/reviews/model/verify-outcome.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { type BatchResult, forEachItemPage } from '../items/checkpoint.ts'
import { type ReviewContext, nowOf, type ReviewDeps } from '../items/deps.ts'
import { readResources } from '../items/read-entitlements.ts'
import { type ItemPut, putMany, recordLastReview } from '../items/write-items.ts'
import { revokeOrReduce } from './revoke-or-reduce.ts'

type Item = Versioned<ReviewItem>

/**
 * Does what was decided about each item, and what the policy says of those that nobody has decided. What is kept as it is
 * needs no more than to be seen so; what loses something is verified afterwards.
 */
export async function applyItems(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  brake: RevocationCap,
): Promise<BatchResult> {
  const { table } = deps
  const { review, customer } = reviewContext
  const resources = await readResources(table, customer)
  return forEachItemPage(deps, reviewContext, 'applying', async (items) => {
    const undone = items.filter(isUndone)
    const [first] = undone
    if (!first) return 0
    const holder = await findUserWithGrants(table, customer.id, first.userId)
    const now = nowOf(deps)
    const held = holder.user ? entitlementsOf(holder.user, holder.grants, resources, now) : []
    const terms = new Map(held.map((each) => [itemId({ ...each, userId: first.userId }), each.terms]))
    const puts: ItemPut[] = []
    const lost: [Item, ItemOutcome][] = []
    for (const item of undone) {
      const present = terms.get(itemId(item))
      const outcome = defaultOutcome(item, review.policy, brake)
      if (!present) puts.push({ before: item, after: toGone(item) })
      else if (!isSameGrant(present, item.terms) || isOfOther(holder, item)) {
        puts.push({ before: item, after: toKept(item, unchangedOutcome, now) })
      } else if (outcome.decision !== 'keep' || outcome.until !== undefined) lost.push([item, outcome])
      else
        puts.push({ before: item, after: keptAsSeen(item, outcome, factsFor(item, holder, resources, now)) })
    }
    await putMany(deps, review, 'review.applied', puts, ({ after }) => recordLastReview(after, now))
    const left = puts.filter(({ after }) => after.problem !== undefined).length
    return left + (await revokeAll(deps, reviewContext, lost))
  })
}

const isOfOther = ({ user }: UserWithGrants, { userType }: ReviewItem): boolean =>
  user !== undefined && typeOf(user) !== userType

function keptAsSeen(item: ReviewItem, outcome: ItemOutcome, facts: Facts): ReviewItem {
  const problem = outcomeMismatch(facts, item, outcome)
  return problem === undefined ? toKept(item, outcome, facts.now) : { ...item, problem }
}

function factsFor(
  { resource: { kind, id } }: ReviewItem,
  { user, grants }: UserWithGrants,
  { customer, projects, servers }: Resources,
  now: string,
): Facts {
  const project = kind === 'project' ? projects.get(id) : undefined
  const server = kind === 'server' ? servers.get(id) : undefined
  const resource = project
    ? ({ type: 'project', project } as const)
    : server && ({ type: 'server', server } as const)
  return { now, customer, user, grants, main: mainProjectOf(customer), resource }
}

/** One after the other: they are of one user. Returns how many couldn't be done, each of which then says why. */
async function revokeAll(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  lost: readonly [Item, ItemOutcome][],
): Promise<number> {
  let left = 0
  for (const [item, outcome] of lost) {
    try {
      await revokeOrReduce(deps, reviewContext, item, outcome)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      left++
      deps.log('warn', 'a review item could not be applied', {
        customerId: item.customerId,
        code: error.code,
      })
      if (!isStale(error) && item.problem !== error.message) {
        const after = { ...item, problem: error.message }
        await putMany(deps, reviewContext.review, 'review.applied', [{ before: item, after }])
      }
    }
  }
  return left
}
