import type { GrantTerms } from '../../../shared/domain/access/entitlements.ts'
import { latest, presentInstant, presentOptional } from '../../../shared/domain/values/instant.ts'
import {
  type ItemDecision,
  itemId,
  type ItemOutcome,
  parseItemId,
  type ReviewItem,
} from '../../../shared/reviews/model/review-item.ts'
import { findReviewItems } from '../../../shared/reviews/store.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { notFound } from '../authorization/denial.ts'
import { type RequestContext, customerOf, parameter } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import { denialToDecide, reviewingOf, visibleReviewer, whyLocked } from './access.ts'

const ownersLock = 'what the main-customer holds can only be acknowledged'

/** `reviewLock`: why no item of its review can be decided on. */
export function presentItem(item: ReviewItem, reviewLock: string | undefined) {
  const { reviewId, userId, email, userType, resource, label, terms, evidence, recommendation } = item
  const { state, decision, earlier, outcome, goneBecause, problem, changedSince, lastReview } = item
  const lockReason = reviewLock ?? (userType === 'main-customer' ? ownersLock : undefined)
  return {
    id: itemId(item),
    reviewId,
    userId,
    email,
    userType,
    resource: { type: resource.kind, id: resource.id, name: label },
    ...presentTerms(resource.kind, terms),
    lastUse: evidence.lastUse,
    lastReview: lastReview && { id: lastReview.id, at: presentInstant(lastReview.at) },
    evidence,
    recommendation,
    state,
    decision: decision && presentDecision(decision),
    earlierDecisions: earlier?.map(presentDecision),
    outcome: outcome && presentOutcome(outcome),
    goneBecause,
    problem,
    appliedAt: presentOptional(item.appliedAt),
    verifiedAt: presentOptional(item.verifiedAt),
    changedSince,
    locked: lockReason === undefined ? undefined : true,
    lockReason,
    createdAt: presentInstant(item.createdAt),
    updatedAt: presentInstant(lastChangeOf(item)),
  }
}

/** Presents the grant: roles in a project, capabilities on a server. */
function presentTerms(kind: 'project' | 'server', { roles, capabilities, ...terms }: GrantTerms) {
  return {
    roles: kind === 'project' ? roles : undefined,
    capabilities: kind === 'server' ? capabilities : undefined,
    source: terms.source,
    grantedBy: terms.grantedBy,
    grantedAt: presentInstant(terms.grantedAt),
    expiresAt: presentOptional(terms.expiresAt),
  }
}

function presentDecision({ decision, roles, capabilities, until, reason, by, at }: ItemDecision) {
  return { decision, roles, capabilities, until: presentOptional(until), reason, by, at: presentInstant(at) }
}

function presentOutcome({ decision, roles, capabilities, until, reason, by, heldBack }: ItemOutcome) {
  return { decision, roles, capabilities, until: presentOptional(until), reason, by, heldBack }
}

function lastChangeOf({ createdAt, decision, earlier, appliedAt, verifiedAt }: ReviewItem): string {
  return latest([createdAt, decision?.at, earlier?.at(-1)?.at, appliedAt, verifiedAt]) ?? createdAt
}

type OfItem = Resource<ReviewItem, Versioned<ReviewItem>>

/** An item to read: without `review.manage` only one that the caller reviews. */
export const itemResource: OfItem = {
  schema: 'reviewItem',
  name: 'review item',
  load: async (call) => {
    const [item] = await readItems(call, [parameter(call, 'i')])
    const reviewer = visibleReviewer(call)
    const isSeen =
      item && (reviewer === undefined || (await reviewingOf(call).reviewers.canDecide(reviewer, item)))
    if (!isSeen) throw notFound('review item')
    return item
  },
  show: (call, item) => presentItem(item, whyLocked(call)),
}

/** An item to decide on. */
export const decidedItemResource: OfItem = {
  ...itemResource,
  load: async (call) => {
    const [item] = await readItems(call, [parameter(call, 'i')])
    if (!item) throw notFound('review item')
    const denial = await denialToDecide(call, item)
    if (denial) throw denial
    return item
  },
}

/** Reads items of the path's review by their API ids; `undefined` for an id without an item. */
export async function readItems(
  call: RequestContext,
  ids: readonly string[],
): Promise<(Versioned<ReviewItem> | undefined)[]> {
  const { id: reviewId } = reviewingOf(call).review
  const customerId = customerOf(call).id
  const places = ids.map((id) => parseItemId(id))
  const known = places.filter((place) => place !== undefined)
  const found = await findReviewItems(
    call.deps.table,
    known.map((place) => ({ customerId, reviewId, ...place })),
  )
  return places.map((place) => (place ? found[known.indexOf(place)] : undefined))
}
