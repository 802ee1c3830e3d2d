import type { Customer } from '../entities/customer.ts'
import { grantName, isExpired, type StoredGrant } from '../entities/grant.ts'
import { isLive, type Project } from '../entities/project.ts'
import { rolesCover } from '../entities/role.ts'
import type { Server } from '../entities/server.ts'
import { isMainCustomer, typeOf, type User } from '../entities/user.ts'
import type { Instant } from '../values/instant.ts'
import { type Assignment, assignmentOf, type Membership, membershipOf } from './membership.ts'
import { actionsOn, resourceTypes, rights, serverCapability, servicePermission } from './permissions.ts'

export type AllowReason = 'owner' | 'type' | 'membership' | 'assignment' | 'self'
export type DenyReason =
  | 'unknown-action'
  | 'unknown-subject'
  | 'unknown-resource'
  | 'closed'
  | 'suspended'
  | 'disabled'
  | 'locked'
  | 'type-ceiling'
  | 'not-a-main-member'
  | 'expired'
  | 'no-grant'
  | 'role-too-low'

export type Decision =
  | {
      allowed: true
      reason: { code: AllowReason; grant?: string; roles?: string[]; capabilities?: string[] }
    }
  /** `needed`: the smallest role or capability that would suffice. */
  | { allowed: false; reason: { code: DenyReason; needed?: string } }

/** The resource of a question; `id` as in the API (`main` for the Main project). */
export type ResourceRef = { type: string; id: string }

/** Everything a decision depends on, read strongly. An absent entity doesn't exist. */
export type Facts = {
  now: Instant
  customer: Customer | undefined
  /** The subject, with its stored grants by `project/<id>` and `server/<id>`. */
  user: User | undefined
  grants: ReadonlyMap<string, StoredGrant>
  main: Project | undefined
  resource:
    | { type: 'user'; user: User }
    | { type: 'project'; project: Project }
    | { type: 'server'; server: Server }
    | undefined
}

type Allowed = Extract<Decision, { allowed: true }>
export type AllowedReason = Allowed['reason']

const allow = (code: AllowReason, by: Omit<Allowed['reason'], 'code'> = {}): Decision => ({
  allowed: true,
  reason: { code, ...by },
})
const deny = (code: DenyReason, needed?: string): Decision => ({
  allowed: false,
  reason: needed === undefined ? { code } : { code, needed },
})

/**
 * Decides whether the user may perform the action on the resource. The only place that knows rights; a denial has the
 * first reason that applies.
 */
export function decide(facts: Facts, action: string, resource: ResourceRef): Decision {
  const type = resourceTypes.find((name) => name === resource.type)
  if (!rights.has(action) || (type && !actionsOn[type].has(action))) return deny('unknown-action')
  const { customer, user } = facts
  if (!customer || !user || user.deleted) return deny('unknown-subject')
  if (!type || !isKnown(facts, customer, resource)) return deny('unknown-resource')
  const blocked = blockedReason(facts, action)
  if (blocked) return deny(blocked)
  const decision = decideByRight(facts, user, action)
  const asksAboutItself =
    action === 'user.read' && facts.resource?.type === 'user' && facts.resource.user.id === user.id
  return !decision.allowed && asksAboutItself ? allow('self') : decision
}

/** Returns the reason that blocks this user whatever the resource, if any. */
export function blockedReason({ customer, user }: Facts, action: string): DenyReason | undefined {
  if (!customer || !user || user.deleted) return 'unknown-subject'
  if (customer.status === 'closed') return 'closed'
  if (customer.status === 'suspended' && !staysWhenSuspended(action)) return 'suspended'
  return user.status === 'disabled' ? 'disabled' : undefined
}

function isKnown({ resource }: Facts, customer: Customer, { type, id }: ResourceRef): boolean {
  if (type === 'customer') return id === customer.id
  if (resource?.type === 'user') return !resource.user.deleted
  if (resource?.type === 'project') return isLive(resource.project)
  return resource?.server.exists === true
}

/** A suspended customer can still be reached, and can mend the cause. */
function staysWhenSuspended(action: string): boolean {
  return action.startsWith('contact.') || action.startsWith('billing.')
}

function decideByRight(facts: Facts, user: User, action: string): Decision {
  if (isLocked(facts, user, action)) return deny('locked')
  const right = rights.get(action)?.[typeOf(user)]
  if (right === undefined || right === 'no') return deny('type-ceiling')
  if (isMainCustomer(user)) return allow('owner')
  const service = servicePermission(action)
  if (service)
    return inProject(facts, user, (held) =>
      rolesCover(held, service.service, service.level) ? undefined : `${service.service}:${service.level}`,
    )
  return decideInterface(facts, user, action, right === 'granted')
}

/** Nobody else manages the main-customer, and nobody the Main project. */
function isLocked({ resource }: Facts, user: User, action: string): boolean {
  if (resource?.type === 'user') {
    return action === 'user.manage' && isMainCustomer(resource.user) && resource.user.id !== user.id
  }
  return resource?.type === 'project' && resource.project.kind === 'main' && action !== 'project.read'
}

function decideInterface(facts: Facts, user: User, action: string, needsGrant: boolean): Decision {
  const main = mainMembership(facts, user)
  const isMember = main !== undefined && !isExpired(main, facts.now)
  if (action === 'project.read' && facts.resource && (needsGrant || !isMember)) {
    const reading = inProject(facts, user, () => undefined)
    return reading.allowed || needsGrant ? reading : deny('not-a-main-member')
  }
  if (!main || !isMember) return deny('not-a-main-member')
  if (!needsGrant) return allow('type')
  if (action === 'cdn.manage') return withCdn(user, main)
  return facts.resource?.type === 'server'
    ? onServer(facts, user, facts.resource.server, action)
    : deny('no-grant')
}

function mainMembership({ main, grants }: Facts, user: User): Membership | undefined {
  return main && membershipOf(user, main, grants.get('project/main'))
}

function withCdn(user: User, main: Membership): Decision {
  if (!main.roles.includes('cdn')) return deny('role-too-low', 'cdn')
  return allow('membership', {
    grant: grantName(user.id, { kind: 'project', id: 'main' }),
    roles: [...main.roles],
  })
}

/** `missing` returns the role that the held ones lack, if any. */
function inProject(
  { resource, grants, now }: Facts,
  user: User,
  missing: (roles: readonly string[]) => string | undefined,
): Decision {
  if (resource?.type !== 'project') return deny('no-grant')
  const { project } = resource
  const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
  if (!membership) return deny('no-grant')
  if (isExpired(membership, now)) return deny('expired')
  const needed = missing(membership.roles)
  if (needed !== undefined) return deny('role-too-low', needed)
  return allow('membership', {
    grant: grantName(user.id, { kind: 'project', id: project.id }),
    roles: [...membership.roles],
  })
}

function onServer({ grants, now }: Facts, user: User, server: Server, action: string): Decision {
  const assignment: Assignment | undefined = assignmentOf(user, server, grants.get(`server/${server.id}`))
  if (!assignment) return deny('no-grant')
  if (isExpired(assignment, now)) return deny('expired')
  const needed = serverCapability(action)
  if (!needed || !assignment.capabilities.includes(needed)) return deny('role-too-low', needed)
  return allow('assignment', {
    grant: grantName(user.id, { kind: 'server', id: server.id }),
    capabilities: [...assignment.capabilities],
  })
}
