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

type Given = Pick<ReviewItem['terms'], 'roles' | 'capabilities'>
const nothing: Given = { roles: [], capabilities: [] }

/**
 * What `decide` says that isn't as the outcome wants it, in words; `undefined`: all is. `facts` are about the item's user,
 * with what the item is about as the resource. What keeps a user from everything (being disabled, say) is set aside: a right
 * that comes back with it isn't gone.
 */
export function outcomeMismatch(facts: Facts, item: ReviewItem, outcome: ItemOutcome): string | undefined {
  const bare = unhindered(facts, item)
  const before = item.terms
  const left = leftBy(outcome, before, facts.now)
  const isGone = left === undefined
  if (item.resource.kind === 'project' && item.resource.id === mainProjectId) {
    const isMember = isInMain(bare)
    if (isMember === isGone) return isMember ? 'is in Main still' : 'is not in Main any more'
    if (isGone) return undefined
  }
  const wanted = rightsOf(item, left ?? nothing)
  const missing = wanted.find((action) => !ask(bare, item, action).allowed)
  if (missing) return `${missing} is refused, and should not be`
  const taken = rightsOf(item, before).filter((action) => !wanted.includes(action))
  const remaining = taken.find((action) => isByGrant(ask(bare, item, action)))
  return remaining && `${remaining} is allowed still`
}

/** What is to be held after the outcome; `undefined`: nothing is. */
function leftBy(
  { decision, roles, capabilities, until }: ItemOutcome,
  before: ReviewItem['terms'],
  now: string,
): Given | undefined {
  if (decision === 'revoke' || isExpired({ expiresAt: until ?? before.expiresAt }, now)) return undefined
  if (decision === 'keep') return before
  return { roles: roles ?? [], capabilities: capabilities ?? [] }
}

function unhindered(facts: Facts, { resource }: ReviewItem): Facts {
  const { customer, user, grants } = facts
  return {
    ...facts,
    customer: customer && { ...customer, status: 'active' },
    user: user && { ...user, status: 'active' },
    grants:
      user && resource.kind === 'server' ? new Map([...grants, ['project/main', inMain(user)]]) : grants,
  }
}

/** Without Main nothing can be done with a server, and an assignment isn't gone for all that. */
function inMain({ customerId, id: userId }: User): StoredGrant {
  const resource = { kind: 'project', id: mainProjectId } as const
  const grantedAt = '9999-12-31T23:59:59.999999999Z'
  const stamp = stampOf(grantedAt, userId)
  const source = 'review'
  return { customerId, userId, resource, ...nothing, stamp, source, grantedBy: source, grantedAt }
}

/** What an admin has by the type anyway (any server, the CDN) tells nothing of a grant. */
const isByGrant = ({ allowed, reason: { code } }: Decision): boolean =>
  allowed && (code === 'membership' || code === 'assignment')

/** By a right that comes with it, or by the reason for which one is refused. */
function isInMain(facts: Facts): boolean {
  const customer = { type: 'customer', id: facts.customer?.id ?? '' }
  const isBilling = facts.user && typeOf(facts.user) === 'customer-billing'
  const action: Permission = isBilling ? 'billing.read' : 'cdn.manage'
  const decision = decide({ ...facts, resource: undefined }, action, customer)
  return decision.allowed || decision.reason.code === 'role-too-low'
}

/** Permissions that a grant with these roles or capabilities gives: of each service every level that it reaches. */
function rightsOf({ resource }: ReviewItem, { roles, capabilities }: Given): Permission[] {
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

/** True if the grant isn't what the review has left any more: somebody has changed it, or a type has brought it back. */
export function isChangedSince(facts: Facts, item: ReviewItem): boolean {
  const { outcome, appliedAt = '', reviewId, terms } = item
  const present = presentGrant(facts)
  if (!outcome) return false
  if (isFullRevocation(outcome, appliedAt))
    return present !== undefined && isGrantedAgain(facts, item, present)
  if (!present) return true
  if (outcome.decision === 'keep' && outcome.until === undefined) {
    return !isSameGrant({ ...nothing, ...present }, terms)
  }
  return present.grantedBy !== `review:${reviewId}`
}

/**
 * True if what was taken away is held because of something later. That isn't told by the time of a grant: the request that
 * made it may have begun before. What is held as it was looked at was never taken away.
 */
function isGrantedAgain(
  { user, grants }: Facts,
  item: ReviewItem,
  present: Membership | Assignment,
): boolean {
  const { resource, reviewId, userType, terms, appliedAt = '' } = item
  const register = grants.get(`${resource.kind}/${resource.id}`)
  // Nothing but a type gives anything beside the marker that the review has left.
  const isMarked = register?.revoked === true && register.grantedBy === `review:${reviewId}`
  if (!user || isMarked || typeOf(user) !== userType) return true
  if (present.source === 'type') return instantOfStamp(typeSince(user.types)) >= appliedAt
  return !isSameGrant({ ...nothing, ...present }, terms)
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
