import { decide, type Decision, type Facts } from '../../domain/access/decide.ts'
import {
  type Assignment,
  assignmentOf,
  type Membership,
  membershipOf,
} from '../../domain/access/membership.ts'
import type { Permission } from '../../domain/access/permissions.ts'
import { isExpired, type StoredGrant } from '../../domain/entities/grant.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { levels, rolesCover, services } from '../../domain/entities/role.ts'
import { typeSince } from '../../domain/entities/user-type.ts'
import { typeOf, type User } from '../../domain/entities/user.ts'
import { instantOfStamp, stampOf } from '../../domain/values/instant.ts'
import { isSameGrant, type ItemOutcome, type ReviewItem, isFullRevocation } from './review-item.ts'

type Rights = Pick<ReviewItem['terms'], 'roles' | 'capabilities'>
const noRights: Rights = { roles: [], capabilities: [] }

/**
 * Returns in words where `decide` contradicts the outcome; `undefined`: nowhere. `facts` are about the item's user and
 * resource. A disabled user or suspended customer is treated as active: a right that returns with them isn't revoked.
 */
export function outcomeMismatch(facts: Facts, item: ReviewItem, outcome: ItemOutcome): string | undefined {
  const active = asIfActive(facts, item)
  const before = item.terms
  const left = leftBy(outcome, before, facts.now)
  const isGone = left === undefined
  if (item.resource.kind === 'project' && item.resource.id === mainProjectId) {
    const isMember = isInMain(active)
    if (isMember === isGone) return isMember ? 'is in Main still' : 'is not in Main any more'
    if (isGone) return undefined
  }
  const expected = rightsOf(item, left ?? noRights)
  const missing = expected.find((action) => !ask(active, item, action).allowed)
  if (missing) return `${missing} is refused, and should not be`
  const revoked = rightsOf(item, before).filter((action) => !expected.includes(action))
  const remaining = revoked.find((action) => isByGrant(ask(active, item, action)))
  return remaining && `${remaining} is allowed still`
}

/** Returns the rights that the outcome leaves; `undefined`: no grant is left. */
function leftBy(
  { decision, roles, capabilities, until }: ItemOutcome,
  before: ReviewItem['terms'],
  now: string,
): Rights | undefined {
  if (decision === 'revoke' || isExpired({ expiresAt: until ?? before.expiresAt }, now)) return undefined
  if (decision === 'keep') return before
  return { roles: roles ?? [], capabilities: capabilities ?? [] }
}

function asIfActive(facts: Facts, { resource }: ReviewItem): Facts {
  const { customer, user, grants } = facts
  return {
    ...facts,
    customer: customer && { ...customer, status: 'active' },
    user: user && { ...user, status: 'active' },
    grants:
      user && resource.kind === 'server' ? new Map([...grants, ['project/main', inMain(user)]]) : grants,
  }
}

/** Adds membership of Main: without it `decide` denies every server right, though the assignment is still there. */
function inMain({ customerId, id: userId }: User): StoredGrant {
  const resource = { kind: 'project', id: mainProjectId } as const
  const grantedAt = '9999-12-31T23:59:59.999999999Z'
  const stamp = stampOf(grantedAt, userId)
  const source = 'review'
  return { customerId, userId, resource, ...noRights, stamp, source, grantedBy: source, grantedAt }
}

/** False for rights that an admin has by type anyway (any server, the CDN): they prove nothing about the grant. */
const isByGrant = ({ allowed, reason: { code } }: Decision): boolean =>
  allowed && (code === 'membership' || code === 'assignment')

/** Tells membership of Main by a right that comes with it, or by the reason of its denial. */
function isInMain(facts: Facts): boolean {
  const customer = { type: 'customer', id: facts.customer?.id ?? '' }
  const isBilling = facts.user && typeOf(facts.user) === 'customer-billing'
  const action: Permission = isBilling ? 'billing.read' : 'cdn.manage'
  const decision = decide({ ...facts, resource: undefined }, action, customer)
  return decision.allowed || decision.reason.code === 'role-too-low'
}

/** Permissions that these roles or capabilities give: for each service every level that they include. */
function rightsOf({ resource }: ReviewItem, { roles, capabilities }: Rights): Permission[] {
  if (resource.kind === 'server') return capabilities.map((name): Permission => `server.${name}`)
  if (resource.id === mainProjectId) return roles.includes('cdn') ? ['cdn.manage'] : []
  return services.flatMap((service) =>
    levels
      .filter((level) => rolesCover(roles, service, level))
      .map((level): Permission => `${service}.${level}`),
  )
}

function ask(facts: Facts, { resource, customerId }: ReviewItem, action: Permission): Decision {
  if (action === 'cdn.manage') {
    return decide({ ...facts, resource: undefined }, action, { type: 'customer', id: customerId })
  }
  return decide(facts, action, { type: resource.kind, id: resource.id })
}

/** True if the grant is no longer what the review left: somebody has changed it, or a type has brought it back. */
export function isChangedSince(facts: Facts, item: ReviewItem): boolean {
  const { outcome, appliedAt = '', reviewId, terms } = item
  const present = presentGrant(facts)
  if (!outcome) return false
  if (isFullRevocation(outcome, appliedAt))
    return present !== undefined && isGrantedAgain(facts, item, present)
  if (!present) return true
  if (outcome.decision === 'keep' && outcome.until === undefined) {
    return !isSameGrant({ ...noRights, ...present }, terms)
  }
  return present.grantedBy !== `review:${reviewId}`
}

/**
 * True if a revoked grant was granted again later. The time of a grant doesn't prove that: its request may have begun before
 * the revocation. A grant that is the same as the reviewed one was never revoked.
 */
function isGrantedAgain(
  { user, grants }: Facts,
  item: ReviewItem,
  present: Membership | Assignment,
): boolean {
  const { resource, reviewId, userType, terms, appliedAt = '' } = item
  const stored = grants.get(`${resource.kind}/${resource.id}`)
  // Beside the review's tombstone only a type can give the grant.
  const isTombstone = stored?.revoked === true && stored.grantedBy === `review:${reviewId}`
  if (!user || isTombstone || typeOf(user) !== userType) return true
  if (present.source === 'type') return instantOfStamp(typeSince(user.types)) >= appliedAt
  return !isSameGrant({ ...noRights, ...present }, terms)
}

function presentGrant({ user, grants, resource }: Facts): Membership | Assignment | undefined {
  if (!user) return undefined
  if (resource?.type === 'project') {
    const { project } = resource
    return membershipOf(user, project, grants.get(`project/${project.id}`))
  }
  if (resource?.type !== 'server') return undefined
  return assignmentOf(user, resource.server, grants.get(`server/${resource.server.id}`))
}
