import { latest, presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import type { GrantTerms, ItemDecision, Outcome, ReviewItem } from '../../../shared/domain/review-item.ts'
import { itemId } from '../../../shared/domain/review-item.ts'

const lockReason = 'what the main-customer holds can only be acknowledged'

export function presentItem(item: ReviewItem) {
  const { reviewId, userId, email, userType, resource, label, terms, evidence, recommendation } = item
  const { state, decision, earlier, outcome, goneBecause, problem, changedSince, lastReview } = item
  const isOwners = userType === 'main-customer'
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
    locked: isOwners ? true : undefined,
    lockReason: isOwners ? lockReason : undefined,
    createdAt: presentInstant(item.createdAt),
    updatedAt: presentInstant(lastChangeOf(item)),
  }
}

/** What is held: roles in a project, capabilities on a server. */
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

function presentOutcome({ decision, roles, capabilities, until, reason, by, heldBack }: Outcome) {
  return { decision, roles, capabilities, until: presentOptional(until), reason, by, heldBack }
}

function lastChangeOf({ createdAt, decision, earlier, appliedAt, verifiedAt }: ReviewItem): string {
  return latest([createdAt, decision?.at, earlier?.at(-1)?.at, appliedAt, verifiedAt]) ?? createdAt
}
