import type { Customer } from '../entities/customer.ts'
import { grantName, isExpired, type StoredGrant } from '../entities/grant.ts'
import { isLive, type Project } from '../entities/project.ts'
import { holdsOneOf } from '../entities/role.ts'
import type { Server } from '../entities/server.ts'
import { isMainCustomer, typeOf, type User } from '../entities/user.ts'
import type { Instant } from '../values/instant.ts'
import { assignmentOf, memberOfMainThrough, memberThrough, rolesByType } from './membership.ts'
import { isResourceType, type PermissionRule, ruleOf, type ServiceLevel } from './permissions.ts'

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
      reason: {
        code: AllowReason
        grant?: string
        roles?: readonly string[]
        capabilities?: readonly string[]
      }
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

const allow = (reason: AllowedReason): Decision => ({ allowed: true, reason })
const deny = (code: DenyReason): Decision => ({ allowed: false, reason: { code } })
const denyLower = (needed: string): Decision => ({ allowed: false, reason: { code: 'role-too-low', needed } })

/**
 * Decides whether the user may perform the action on the resource. The only place that knows rights; a denial has the
 * first reason that applies. It runs on every click, so it makes no lists on its way.
 */
export function decide(facts: Facts, action: string, resource: ResourceRef): Decision {
  const rule = ruleOf(action)
  const applies = rule?.appliesTo.includes(resource.type)
  if (!rule || (!applies && isResourceType(resource.type))) return deny('unknown-action')
  const { customer, user } = facts
  if (!customer || !user || user.deleted) return deny('unknown-subject')
  if (!applies || !isKnown(facts, customer, resource)) return deny('unknown-resource')
  const blocked = blockedBy(customer, user, rule)
  if (blocked) return deny(blocked)
  const decision = decideByRight(facts, user, action, rule)
  if (decision.allowed || action !== 'user.read') return decision
  const asksAboutItself = facts.resource?.type === 'user' && facts.resource.user.id === user.id
  return asksAboutItself ? allow({ code: 'self' }) : decision
}

/** Returns the reason that blocks this user whatever the resource, if any. */
export function blockedReason({ customer, user }: Facts, action: string): DenyReason | undefined {
  if (!customer || !user || user.deleted) return 'unknown-subject'
  return blockedBy(customer, user, ruleOf(action))
}

function blockedBy(customer: Customer, user: User, rule: PermissionRule | undefined): DenyReason | undefined {
  const { status } = customer
  if (status === 'closed') return 'closed'
  if (status === 'suspended' && !rule?.staysWhenSuspended) return 'suspended'
  return user.status === 'disabled' ? 'disabled' : undefined
}

function isKnown({ resource }: Facts, customer: Customer, { type, id }: ResourceRef): boolean {
  if (type === 'customer') return id === customer.id
  if (resource?.type === 'user') return !resource.user.deleted
  if (resource?.type === 'project') return isLive(resource.project)
  return resource?.server.exists === true
}

function decideByRight(facts: Facts, user: User, action: string, rule: PermissionRule): Decision {
  if (isLocked(facts, user, action)) return deny('locked')
  const type = typeOf(user)
  const right = rule.ceilings.get(type)
  if (right === 'no') return deny('type-ceiling')
  if (type === 'main-customer') return allow({ code: 'owner' })
  if (rule.service) return inProject(facts, user, rule.service)
  return decideInterface(facts, user, action, rule, right === 'granted')
}

/** Nobody else manages the main-customer, and nobody the Main project. */
function isLocked({ resource }: Facts, user: User, action: string): boolean {
  if (resource?.type === 'user') {
    return action === 'user.manage' && isMainCustomer(resource.user) && resource.user.id !== user.id
  }
  return resource?.type === 'project' && resource.project.kind === 'main' && action !== 'project.read'
}

function decideInterface(
  facts: Facts,
  user: User,
  action: string,
  rule: PermissionRule,
  needsGrant: boolean,
): Decision {
  const isReadingProject = action === 'project.read' && facts.resource !== undefined
  if (isReadingProject && needsGrant) return inProject(facts, user)
  const main = throughMain(facts, user)
  if (!main) {
    const reading = isReadingProject ? inProject(facts, user) : undefined
    return reading?.allowed ? reading : deny('not-a-main-member')
  }
  if (!needsGrant) return allow({ code: 'type' })
  if (action === 'cdn.manage') return withCdn(user, main)
  return facts.resource?.type === 'server'
    ? onServer(facts, user, facts.resource.server, rule)
    : deny('no-grant')
}

/** What makes the user a member of Main now. */
function throughMain({ grants, now }: Facts, user: User): StoredGrant | 'type' | undefined {
  const through = memberOfMainThrough(user, grants.get('project/main'))
  return !through || through === 'type' || !isExpired(through, now) ? through : undefined
}

function withCdn(user: User, main: StoredGrant | 'type'): Decision {
  if (main === 'type' || !main.roles.includes('cdn')) return denyLower('cdn')
  const grant = grantName(user.id, { kind: 'project', id: 'main' })
  return allow({ code: 'membership', grant, roles: main.roles })
}

/** By membership alone where no level of a service is needed. */
function inProject({ resource, grants, now }: Facts, user: User, needed?: ServiceLevel): Decision {
  if (resource?.type !== 'project') return deny('no-grant')
  const { project } = resource
  const through = memberThrough(user, project, grants.get(`project/${project.id}`))
  if (!through) return deny('no-grant')
  if (through !== 'type' && isExpired(through, now)) return deny('expired')
  const roles = through === 'type' ? rolesByType(project) : through.roles
  if (needed && !holdsOneOf(roles, needed.reachedBy)) return denyLower(needed.role)
  const grant = grantName(user.id, { kind: 'project', id: project.id })
  return allow({ code: 'membership', grant, roles })
}

function onServer(
  { grants, now }: Facts,
  user: User,
  server: Server,
  { capability }: PermissionRule,
): Decision {
  const assignment = assignmentOf(user, server, grants.get(`server/${server.id}`))
  if (!assignment) return deny('no-grant')
  if (isExpired(assignment, now)) return deny('expired')
  const { capabilities } = assignment
  if (!capability) return deny('role-too-low')
  if (!capabilities.includes(capability)) return denyLower(capability)
  const grant = grantName(user.id, { kind: 'server', id: server.id })
  return allow({ code: 'assignment', grant, capabilities })
}
