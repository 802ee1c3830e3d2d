import { blockedReason, decide, type DenyReason, type Facts } from '../../domain/access/decide.ts'
import { effectiveGrant } from '../../domain/access/effective-grant.ts'
import { isImplicitMember, membershipOf } from '../../domain/access/membership.ts'
import { isExpired, type StoredGrant } from '../../domain/entities/grant.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import type { Instant } from '../../domain/values/instant.ts'
import type { ReviewScope } from '../policy/review-policy.ts'
import type { ReviewItem } from './review-item.ts'

type About = Pick<ReviewItem, 'userId' | 'resource'>
/** Facts about a user of this customer; `resource` is what the item is about. */
export type Candidate = Facts & { user: User }

/** True for who holds `review.manage`: decides on everything but what is its own. */
export function managesReviews(facts: Facts): boolean {
  const id = facts.customer?.id ?? ''
  return decide({ ...facts, resource: undefined }, 'review.manage', { type: 'customer', id }).allowed
}

/**
 * Why this user may not decide on an item, if so: nobody on what is their own. Else it takes `review.manage`, or that the
 * item is assigned to them, which needs no membership of Main.
 */
export function refusalOfReviewer(
  facts: Candidate,
  item: About,
  isAssigned: boolean,
): DenyReason | 'own' | undefined {
  const reason = blockedReason(facts, 'review.manage')
  if (reason) return reason
  if (item.userId === facts.user.id) return 'own'
  return isAssigned || managesReviews(facts) ? undefined : 'no-grant'
}

/** True if the policy's reviewers name this user for the item, who can act on it. */
export function isConfiguredReviewer(reviewers: readonly string[], facts: Candidate, item: About): boolean {
  const { user } = facts
  if (item.userId === user.id || blockedReason(facts, 'review.manage')) return false
  return reviewers.some((reviewer) => {
    if (reviewer === 'admins') return typeOf(user) === 'customer-admin' && managesReviews(facts)
    return reviewer === 'project' ? isInternalUser(user) && holdsAll(facts, item) : reviewer === user.id
  })
}

/** A client is an outside party, which sees itself only: it may review what others hold only where it is named by id. */
export const isInternalUser = (user: User): boolean => typeOf(user) !== 'customer-client'

function holdsAll({ resource, user, grants, now }: Candidate, item: About): boolean {
  if (item.resource.kind !== 'project' || item.resource.id === mainProjectId) return false
  if (resource?.type !== 'project' || resource.project.id !== item.resource.id) return false
  const membership = membershipOf(user, resource.project, grants.get(`project/${item.resource.id}`))
  return membership !== undefined && !isExpired(membership, now) && membership.roles.includes('full')
}

/**
 * True if this user, of whom all registers are known, holds `full` in an OpenStack project that the scope takes in. An admin is
 * taken to be in one.
 */
export function ownsAnyProject(
  { user, grants }: { user: User; grants: ReadonlyMap<string, StoredGrant> },
  { projects }: ReviewScope,
  now: Instant,
): boolean {
  if (!isInternalUser(user)) return false
  const isInScope = (id: string) => id !== mainProjectId && (!projects || projects.includes(id))
  if (isImplicitMember(user)) return !projects || projects.some(isInScope)
  return [...grants.values()].some((stored) => {
    const { kind, id } = stored.resource
    if (kind !== 'project' || !isInScope(id)) return false
    const grant = effectiveGrant(user, stored)
    return grant !== undefined && !isExpired(grant, now) && grant.roles.includes('full')
  })
}
