import { type Context, type Plan, plannedTogether } from '../../../shared/directory/change/change-plan.ts'
import {
  assignServer,
  grantMembership,
  revokeMembership,
  unassignServer,
} from '../../../shared/directory/grants/change-grant.ts'
import {
  heldBy,
  type Pair,
  type PairEnd,
  projectEnd,
  readPair,
} from '../../../shared/directory/grants/target.ts'
import { mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import { isExpired } from '../../../shared/domain/entities/grant.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { DomainError, isStale } from '../../../shared/domain/values/errors.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asServer } from '../../../shared/records/servers.ts'
import { itemChange } from '../../../shared/reviews/audit-views.ts'
import { gone, kept, leftAlone } from '../../../shared/reviews/model/refresh-items.ts'
import {
  isSameGrant,
  isUndone,
  type Outcome,
  type ReviewItem,
  takesAll,
} from '../../../shared/reviews/model/review-item.ts'
import { isAdminInMain, isLeaving } from '../../../shared/reviews/model/revocation-cap.ts'
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
 * Leaves less of a grant, or nothing: the change of the directory and the item's are one transaction, so that whoever does
 * it again finds it done. Throws the refusal of what can't be done.
 */
export async function takeAway(
  deps: ReviewDeps,
  atHand: ReviewContext,
  item: Item,
  outcome: Outcome,
): Promise<void> {
  let current: Item | undefined = item
  for (let attempt = 1; current && isUndone(current); attempt++) {
    try {
      return await tryOnce(deps, atHand, current, outcome)
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      await backoffWithJitter(attempt)
    }
    ;[current] = await findReviewItems(deps.table, [item])
  }
}

async function tryOnce(deps: ReviewDeps, atHand: ReviewContext, item: Item, outcome: Outcome): Promise<void> {
  const { table } = deps
  const reason = outcome.reason ?? `review ${item.reviewId}`
  const context = contextOf(deps, actorOf(atHand.review), reason)
  const { now } = context
  const put = (after: ReviewItem) =>
    putItems(deps, atHand.review, 'review.applied', [{ before: item, after }])
  const end = await readEnd(deps, atHand, item)
  const pair = end && (await readPair(table, item.customerId, item.userId, end))
  const held = pair && heldBy(pair)
  if (!pair || !held || isExpired(held, now)) return put(gone(item))
  const terms = { roles: [], capabilities: [], ...held }
  if (!isSameGrant(terms, item.terms) || typeOf(pair.user) !== item.userType) {
    return put(kept(item, leftAlone, now))
  }
  const witness = needsWitness(item, outcome) ? await findWitness(deps, atHand, item) : undefined
  if (needsWitness(item, outcome) && !witness) {
    return put(applied(item, { decision: 'keep', by: 'default', heldBack: 'last-admin' }, now))
  }
  const plan = planOf(context, pair, item, outcome)
  if (plan.outcome === 'superseded') {
    throw new DomainError('conflict', 'something newer has been said of the grant')
  }
  const after = applied(item, outcome, now)
  const writes: Write[] = [{ put: itemRecord(after), was: item.version }, ...(witness ? [witness] : [])]
  await commit(
    table,
    plannedTogether(plan.change, { writes, changes: [itemChange({ before: item, after })] }),
  )
}

const applied = (item: ReviewItem, outcome: Outcome, appliedAt: Instant): ReviewItem => ({
  ...item,
  state: 'applied',
  outcome,
  appliedAt,
  problem: undefined,
})

function planOf(context: Context, pair: Pair, item: ReviewItem, outcome: Outcome): Plan {
  const { decision, roles, capabilities, until } = outcome
  const isServer = pair.end.kind === 'server'
  if (takesAll(outcome, context.now)) {
    return isServer ? unassignServer(context, pair) : revokeMembership(context, pair)
  }
  const expiresAt = until ?? item.terms.expiresAt
  const terms = decision === 'keep' ? item.terms : { roles: roles ?? [], capabilities: capabilities ?? [] }
  return isServer
    ? assignServer(context, pair, { capabilities: terms.capabilities, expiresAt, reason: context.reason })
    : grantMembership(context, pair, { roles: terms.roles, expiresAt, reason: context.reason })
}

async function readEnd(
  { table }: ReviewDeps,
  { customer }: ReviewContext,
  item: Item,
): Promise<PairEnd | undefined> {
  const { kind, id } = item.resource
  if (kind === 'server') {
    const server = asServer(await table.get(keys.server(customer.id, id)))
    return server && { kind: 'server', server }
  }
  if (id === mainProjectId) return { kind: 'main', project: mainProjectOf(customer) }
  const project = asProject(await table.get(keys.project(customer.id, id)))
  return project && projectEnd(project)
}

/** What nobody has decided never takes the Interface from the last admin, whatever happens to the others meanwhile. */
function needsWitness(item: ReviewItem, { by, decision }: Outcome): boolean {
  return by === 'default' && decision === 'revoke' && isAdminInMain(item)
}

/** The condition that another admin is there, active and in Main, who stays; `undefined`: there's none. */
async function findWitness(
  deps: ReviewDeps,
  { customer }: ReviewContext,
  item: ReviewItem,
): Promise<Write | undefined> {
  const admins = await listActiveAdmins(deps, customer)
  const others = admins.filter(({ id }) => id !== item.userId)
  const theirs = await findReviewItems(
    deps.table,
    others.map(({ id: userId }) => ({ ...item, userId })),
  )
  const witness = others.find((_admin, place) => {
    const found = theirs[place]
    return !found || !isLeaving(found)
  })
  return witness && { check: keys.user(customer.id, witness.id), was: witness.version }
}
