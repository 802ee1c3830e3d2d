import type { Decision, Facts } from './decide.ts'
import { decide } from './decide.ts'
import type { StoredGrant } from './grant.ts'
import { instantOfStamp, stampOf } from './instant.ts'
import type { Assignment, Membership } from './membership.ts'
import { assignmentOf, membershipOf } from './membership.ts'
import type { Permission } from './permission.ts'
import { mainProjectId } from './project-name.ts'
import type { Outcome, ReviewItem } from './review-item.ts'
import { levels, rolesCover, services } from './role.ts'
import type { User } from './user.ts'
import { typeOf } from './user.ts'
import { heldSince } from './user-type.ts'

type Given = Pick<ReviewItem['terms'], 'roles' | 'capabilities'>
const nothing: Given = { roles: [], capabilities: [] }

/**
 * What `decide` says that isn't as the outcome wants it, in words; `undefined`: all is. `facts` are about the item's user,
 * with what the item is about as the resource. What keeps a user from everything (being disabled, say) is set aside: a right
 * that comes back with it isn't gone.
 */
export function whatIsNotSo(facts: Facts, item: ReviewItem, outcome: Outcome): string | undefined {
  const bare = unhindered(facts)
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
  const remaining = taken.find((action) => ask(bare, item, action).allowed)
  return remaining && `${remaining} is allowed still`
}

/** What is to be held after the outcome; `undefined`: nothing is. */
function leftBy(
  { decision, roles, capabilities, until }: Outcome,
  before: Given,
  now: string,
): Given | undefined {
  if (decision === 'revoke' || (until !== undefined && until <= now)) return undefined
  if (decision === 'keep') return before
  return { roles: roles ?? [], capabilities: capabilities ?? [] }
}

function unhindered(facts: Facts): Facts {
  const { customer, user, resource } = facts
  const active = {
    ...facts,
    customer: customer && { ...customer, status: 'active' as const },
    user: user && { ...user, status: 'active' as const },
  }
  return user && resource?.type === 'server' ? withMain(active, user) : active
}

/** Servers are of the Interface: without Main nothing of them is allowed, and comes back with it. */
function withMain(facts: Facts, { customerId, id: userId, createdAt }: User): Facts {
  const member: StoredGrant = {
    customerId,
    userId,
    resource: { kind: 'project', id: mainProjectId },
    stamp: stampOf(facts.now, '~'),
    roles: [],
    capabilities: [],
    source: 'review',
    grantedBy: '',
    grantedAt: createdAt,
  }
  return { ...facts, grants: new Map([...facts.grants, ['project/main', member]]) }
}

/** By a right that comes with it, or by the reason for which one is refused. */
function isInMain({ ...facts }: Facts): boolean {
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
  const { user } = facts
  const { outcome, appliedAt = '', reviewId, terms } = item
  const present = presentGrant(facts)
  if (!user || !outcome) return false
  if (outcome.decision === 'revoke') {
    if (!present) return false
    const since = present.source === 'type' ? instantOfStamp(heldSince(user.types)) : present.grantedAt
    return since > terms.grantedAt && since >= appliedAt
  }
  return !present || present.grantedBy !== `review:${reviewId}`
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
