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
/** Facts about a user of this customer; `resource` is the item's. */
export type Candidate = Facts & { user: User }

/** True for a user with `review.manage`, who decides on all items but the user's own. */
export function managesReviews(facts: Facts): boolean {
  const id = facts.customer?.id ?? ''
  return decide({ ...facts, resource: undefined }, 'review.manage', { type: 'customer', id }).allowed
}

/**
 * Returns why this user may not decide on the item: `own`, or a reason of `decide`; `undefined` if allowed. It takes
 * `review.manage`, or that the item is assigned to the user, which needs no membership of Main.
 */
export function denialOfReviewer(
  facts: Candidate,
  item: About,
  isAssigned: boolean,
): DenyReason | 'own' | undefined {
  const reason = blockedReason(facts, 'review.manage')
  if (reason) return reason
  if (item.userId === facts.user.id) return 'own'
  return isAssigned || managesReviews(facts) ? undefined : 'no-grant'
}

/** True if the policy's reviewers include this user for the item, and nothing blocks the user from deciding. */
export function isConfiguredReviewer(reviewers: readonly string[], facts: Candidate, item: About): boolean {
  const { user } = facts
  if (item.userId === user.id || blockedReason(facts, 'review.manage')) return false
  return reviewers.some((reviewer) => {
    if (reviewer === 'admins') return typeOf(user) === 'customer-admin' && managesReviews(facts)
    return reviewer === 'project' ? isInternalUser(user) && hasFullRole(facts, item) : reviewer === user.id
  })
}

/** False for a client: an external user, who sees only itself and reviews others' grants only if named by id. */
export const isInternalUser = (user: User): boolean => typeOf(user) !== 'customer-client'

function hasFullRole({ resource, user, grants, now }: Candidate, item: About): boolean {
  if (item.resource.kind !== 'project' || item.resource.id === mainProjectId) return false
  if (resource?.type !== 'project' || resource.project.id !== item.resource.id) return false
  const membership = membershipOf(user, resource.project, grants.get(`project/${item.resource.id}`))
  return membership !== undefined && !isExpired(membership, now) && membership.roles.includes('full')
}

/**
 * True if this user has `full` in an OpenStack project in the scope; `grants` are all that are stored for the user. An admin
 * is taken to be in one.
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
