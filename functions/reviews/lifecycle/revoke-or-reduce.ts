import { type Context, type ChangePlan, mergeChanges } from '../../../shared/directory/change/change-plan.ts'
import { assignServer, grantMembership, revokeGrant } from '../../../shared/directory/grants/change-grant.ts'
import {
  effectiveGrantOf,
  type GrantTarget,
  readTarget,
  readTargetResource,
} from '../../../shared/directory/grants/target.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { DomainError, isStale } from '../../../shared/domain/values/errors.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { itemChange } from '../../../shared/reviews/audit-views.ts'
import {
  type EffectiveItem,
  fateOf,
  toApplied,
  toGone,
  toKept,
  unchangedOutcome,
} from '../../../shared/reviews/model/refresh-items.ts'
import {
  isFullRevocation,
  isUndone,
  type ItemOutcome,
  type ReviewItem,
} from '../../../shared/reviews/model/review-item.ts'
import { isAdminInMain, losesByDecision } from '../../../shared/reviews/model/revocation-cap.ts'
import { findReviewItems, itemRecord } from '../../../shared/reviews/store.ts'
import { backoffWithJitter } from '../../../shared/runtime/backoff.ts'
import type { Versioned, Write } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { actorOf, type ReviewContext, contextOf, type ReviewDeps } from '../items/deps.ts'
import { listActiveAdmins } from '../items/read-entitlements.ts'
import { putItems } from '../items/write-items.ts'

const attempts = 8

type Item = Versioned<ReviewItem>

/**
 * Revokes or reduces a grant in one transaction with its item, so that a repeated run finds it done.
 * @throws {DomainError} the directory's, where the change isn't possible
 */
export async function revokeOrReduce(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  item: Item,
  outcome: ItemOutcome,
): Promise<void> {
  let current: Item | undefined = item
  for (let attempt = 1; current && isUndone(current); attempt++) {
    try {
      return await tryOnce(deps, reviewContext, current, outcome)
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      await backoffWithJitter(attempt)
    }
    ;[current] = await findReviewItems(deps.table, [item])
  }
}

async function tryOnce(
  deps: ReviewDeps,
  reviewContext: ReviewContext,
  item: Item,
  outcome: ItemOutcome,
): Promise<void> {
  const { table } = deps
  const { customer } = reviewContext
  const reason = outcome.reason ?? `review ${item.reviewId}`
  const context = contextOf(deps, actorOf(reviewContext.review), reason)
  const { now } = context
  const put = (after: ReviewItem) =>
    putItems(deps, reviewContext.review, 'review.applied', [{ before: item, after }])
  const resource = await readTargetResource(table, customer, item.resource)
  const target = resource && (await readTarget(table, customer.id, item.userId, resource))
  const fate = fateOf(item, target && effectiveItem(target, now), outcome)
  if (!target || fate === 'gone') return put(toGone(item))
  if (fate === 'unchanged') return put(toKept(item, unchangedOutcome, now))
  const witness = needsWitness(item, outcome) ? await findWitness(deps, reviewContext, item) : undefined
  if (needsWitness(item, outcome) && !witness) {
    return put(toApplied(item, { decision: 'keep', by: 'default', heldBack: 'last-admin' }, now))
  }
  const plan = planOf(context, target, item, outcome)
  if (plan.outcome === 'superseded') {
    throw new DomainError('conflict', 'the grant has a newer change')
  }
  const after = toApplied(item, outcome, now)
  const writes: Write[] = [
    { put: itemRecord(after), expectedVersion: item.version },
    ...(witness ? [witness] : []),
  ]
  await commit(table, mergeChanges(plan.change, { writes, changes: [itemChange({ before: item, after })] }))
}

/** `undefined`: the user has no grant, or an expired one. */
function effectiveItem(target: GrantTarget, now: Instant): EffectiveItem | undefined {
  const held = effectiveGrantOf(target)
  if (!held || isExpired(held, now)) return undefined
  return { terms: { roles: [], capabilities: [], ...held }, userType: typeOf(target.user) }
}

function planOf(context: Context, target: GrantTarget, item: ReviewItem, outcome: ItemOutcome): ChangePlan {
  const { decision, roles, capabilities, until } = outcome
  const isServer = target.resource.kind === 'server'
  if (isFullRevocation(outcome, context.now)) return revokeGrant(context, target)
  const expiresAt = until ?? item.terms.expiresAt
  const terms = decision === 'keep' ? item.terms : { roles: roles ?? [], capabilities: capabilities ?? [] }
  return isServer
    ? assignServer(context, target, { capabilities: terms.capabilities, expiresAt, reason: context.reason })
    : grantMembership(context, target, { roles: terms.roles, expiresAt, reason: context.reason })
}

/** A default never revokes the last admin's access to the Interface, even if the others lose theirs meanwhile. */
function needsWitness(item: ReviewItem, { by, decision }: ItemOutcome): boolean {
  return by === 'default' && decision === 'revoke' && isAdminInMain(item)
}

/** A check, for the transaction, of another admin who is active, in Main and stays; `undefined`: there's none. */
async function findWitness(
  deps: ReviewDeps,
  { customer }: ReviewContext,
  item: ReviewItem,
): Promise<Write | undefined> {
  const admins = await listActiveAdmins(deps, customer)
  const others = admins.filter(({ id }) => id !== item.userId)
  const items = await findReviewItems(
    deps.table,
    others.map(({ id: userId }) => ({ ...item, userId })),
  )
  const witness = others.find((_admin, place) => {
    const itemOfAdmin = items[place]
    return !itemOfAdmin || !losesByDecision(itemOfAdmin)
  })
  return witness && { check: keys.user(customer.id, witness.id), expectedVersion: witness.version }
}
