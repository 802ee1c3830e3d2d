import type { GrantTerms } from '../../../shared/domain/held.ts'
import { latest, presentInstant, presentOptional } from '../../../shared/domain/instant.ts'
import {
  type ItemDecision,
  itemId,
  type Outcome,
  type ReviewItem,
} from '../../../shared/domain/review-item.ts'

const ownersLock = 'what the main-customer holds can only be acknowledged'

/** `closed`: why nothing can be decided about any item of its review. */
export function presentItem(item: ReviewItem, closed: string | undefined) {
  const { reviewId, userId, email, userType, resource, label, terms, evidence, recommendation } = item
  const { state, decision, earlier, outcome, goneBecause, problem, changedSince, lastReview } = item
  const lockReason = closed ?? (userType === 'main-customer' ? ownersLock : undefined)
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
