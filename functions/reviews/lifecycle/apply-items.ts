import type { Facts } from '../../../shared/domain/access/decide.ts'
import { entitlementsOf, type Resources } from '../../../shared/domain/access/entitlements.ts'
import { mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { DomainError, isStale } from '../../../shared/domain/values/errors.ts'
import { findUserWithGrants, type UserWithGrants } from '../../../shared/records/users.ts'
import {
  type EffectiveItem,
  fateOf,
  toGone,
  toKept,
  unchangedOutcome,
} from '../../../shared/reviews/model/refresh-items.ts'
import {
  isUndone,
  itemId,
  type ItemOutcome,
  type ReviewItem,
} from '../../../shared/reviews/model/review-item.ts'
import { defaultOutcome, type RevocationCap } from '../../../shared/reviews/model/revocation-cap.ts'
import { outcomeMismatch } from '../../../shared/reviews/model/verify-outcome.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { type BatchResult, forEachItemPage } from '../items/checkpoint.ts'
import { nowOf, type ReviewContext, type ReviewDeps } from '../items/deps.ts'
import { readResources } from '../items/read-entitlements.ts'
import { type ItemPut, putMany, recordLastReview } from '../items/write-items.ts'
import { revokeOrReduce } from './revoke-or-reduce.ts'

type Item = Versioned<ReviewItem>

/**
 * Applies the outcome of each item: its decision, or the policy's default within the cap. A grant that is kept as it is only
 * gets checked against `decide`; one that loses something is verified later.
 */
export async function applyItems(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  cap: RevocationCap,
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
    const effective = effectiveItems(first.userId, holder, resources, now)
    const puts: ItemPut[] = []
    const losing: [Item, ItemOutcome][] = []
    for (const item of undone) {
      const outcome = defaultOutcome(item, review.policy, cap)
      const fate = fateOf(item, effective.get(itemId(item)), outcome)
      if (fate === 'gone') puts.push({ before: item, after: toGone(item) })
      else if (fate === 'unchanged') puts.push({ before: item, after: toKept(item, unchangedOutcome, now) })
      else if (fate === 'apply') losing.push([item, outcome])
      else puts.push({ before: item, after: keptIfSo(item, outcome, factsFor(item, holder, resources, now)) })
    }
    await putMany(deps, review, 'review.applied', puts, ({ after }) => recordLastReview(after, now))
    const failed = puts.filter(({ after }) => after.problem !== undefined).length
    return failed + (await revokeAll(deps, reviewContext, losing))
  })
}

/** A user's grants as the directory has them now, by item id. */
function effectiveItems(
  userId: string,
  { user, grants }: UserWithGrants,
  resources: Resources,
  now: string,
): Map<string, EffectiveItem> {
  if (!user) return new Map()
  const userType = typeOf(user)
  const entitlements = entitlementsOf(user, grants, resources, now)
  return new Map(
    entitlements.map(({ resource, terms }) => [itemId({ userId, resource }), { terms, userType }]),
  )
}

function keptIfSo(item: ReviewItem, outcome: ItemOutcome, facts: Facts): ReviewItem {
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

/** Applies one after the other, as all are of one user. Returns how many failed; each then has the `problem`. */
async function revokeAll(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  losing: readonly [Item, ItemOutcome][],
): Promise<number> {
  let failed = 0
  for (const [item, outcome] of losing) {
    try {
      await revokeOrReduce(deps, reviewContext, item, outcome)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      failed++
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
  return failed
}
