import { ceilingViolation } from '../../domain/access/effective-grant.ts'
import { withFact } from '../../domain/access/main-grant.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { type Project, refuseIfGoing } from '../../domain/entities/project.ts'
import { MainGrant, ProjectGrant } from '../../domain/entities/role.ts'
import { revokedByTypeSince } from '../../domain/entities/user-type.ts'
import { isMainCustomer } from '../../domain/entities/user.ts'
import type { AuditEventType } from '../../domain/values/audit-event.ts'
import { isSameSet } from '../../domain/values/equality.ts'
import { DomainError, fieldsError } from '../../domain/values/errors.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { validate } from '../../domain/values/validate.ts'
import { grantItem, tombstoneTtl } from '../../records/grants.ts'
import { keys } from '../../table/keys.ts'
import {
  type Context,
  timestampAfter,
  isByPerson,
  isEvent,
  isReview,
  type ChangePlan,
  superseded,
  unchanged,
} from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { changeOfGrant, checkedItems, newStoredGrant, revocationTtl } from './grant-writes.ts'
import { endedAt, effectiveGrantOf, type GrantTarget, resourceOf } from './target.ts'

type GrantMembership = {
  roles: readonly string[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Grants membership of the target's project with these roles, in place of any earlier one. */
export function grantMembership(
  context: Context,
  target: GrantTarget,
  input: GrantMembership,
): ChangePlan<GrantTarget> {
  const { roles } = checkRoles({ kind: target.resource.kind === 'main' ? 'main' : 'openstack' }, input)
  const { expiresAt, reason } = input
  return planGrant(context, target, { roles, expiresAt, reason })
}

/** Returns the roles for a project of that kind. Throws `invalid-request`. */
export function checkRoles({ kind }: Pick<Project, 'kind'>, input: Pick<GrantMembership, 'roles'>) {
  return validate(kind === 'main' ? MainGrant : ProjectGrant, input)
}

type AssignServer = {
  capabilities: readonly Capability[]
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Assigns the target's server with these capabilities, in place of any earlier assignment. */
export function assignServer(
  context: Context,
  target: GrantTarget,
  { capabilities, expiresAt, reason }: AssignServer,
): ChangePlan<GrantTarget> {
  return planGrant(context, target, { capabilities, expiresAt, reason })
}

/** The terms of a grant. */
type Terms = {
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Plans a grant. The newest fact about user and resource wins, and a deletion of either ends older grants. */
function planGrant(context: Context, target: GrantTarget, terms: Terms): ChangePlan<GrantTarget> {
  const at = timestampAfterTarget(context, target)
  const { user, stored, customerId } = target
  refuseLocked(target)
  if (!isEvent(context) && !isReview(context)) refuseWithoutEffect(context, target, terms)
  const newer = [target.waitingRevocation?.stamp, endedAt(target)]
  if (newer.some((stamp) => stamp && stamp > at.stamp)) return superseded
  const isOvertaken = (stored?.stamp ?? '') > at.stamp
  if (isOvertaken && target.resource.kind !== 'main') return superseded
  const isRevokedByType = revokedByTypeSince(user.types, at.stamp)
  if (isRevokedByType && target.resource.kind !== 'main') return planRevokedByType(at, target)
  const ceiling =
    isRevokedByType || isOvertaken ? undefined : ceilingViolation(user, resourceOf(target), terms.roles ?? [])
  if (ceiling) {
    const dependency = { key: keys.user(customerId, user.id), expectedVersion: user.version }
    throw new PendingDependency('type-ceiling', ceiling, dependency)
  }
  if (isByPerson(context) && isGrantedAlready(target, terms)) return unchanged(target, checkedItems(target))
  const grant: StoredGrant = {
    ...newStoredGrant(at, target),
    roles: terms.roles ?? [],
    capabilities: terms.capabilities ?? [],
    expiresAt: terms.expiresAt,
    reason: terms.reason,
  }
  const updated = toStore(target, grant)
  if (!updated) return superseded
  const plan = changeOfGrant(at, target, grantedEvent(target), updated, grantItem(updated))
  // Kept though without effect. Example: a client is granted Main on Monday, and became billing on Tuesday. If a late
  // event makes the user billing from Sunday on, the grant of Monday is in effect.
  return isRevokedByType || isOvertaken ? { outcome: 'superseded', change: plan.change } : plan
}

const grantedEvent = ({ resource }: GrantTarget): AuditEventType =>
  resource.kind === 'server' ? 'server.assigned' : 'membership.granted'

/**
 * Stores a tombstone with the grant's stamp, by which the delivery is found if the user turns out to have become
 * billing earlier.
 */
function planRevokedByType(at: Context, target: GrantTarget): ChangePlan<GrantTarget> {
  if (!isEvent(at)) return superseded
  const tombstone: StoredGrant = { ...newStoredGrant(at, target), revoked: true }
  const { change } = changeOfGrant(
    at,
    target,
    grantedEvent(target),
    tombstone,
    grantItem(tombstone, tombstoneTtl(at.table.now())),
  )
  return { outcome: 'superseded', change }
}

/**
 * The grant to store, for Main with the older facts that may take effect again; `undefined` if the new fact can never
 * take effect.
 */
const toStore = ({ resource, stored }: GrantTarget, grant: StoredGrant): StoredGrant | undefined =>
  resource.kind === 'main' ? withFact(stored, grant) : grant

/** Ends a membership, stored or by the user's type, or an assignment. Stores a tombstone, so that an older grant that arrives later has no effect. */
export function revokeGrant(context: Context, target: GrantTarget): ChangePlan<undefined> {
  const isServer = target.resource.kind === 'server'
  const at = timestampAfterTarget(context, target)
  refuseLocked(target)
  if (!isEvent(context) && !effectiveGrantOf(target))
    throw new DomainError('not-found', 'There is no such grant.')
  if (endedAt(target) > at.stamp) return superseded
  const isOvertaken = (target.stored?.stamp ?? '') > at.stamp
  if (isOvertaken && target.resource.kind !== 'main') return superseded
  const tombstone = toStore(target, { ...newStoredGrant(at, target), revoked: true })
  if (!tombstone) return superseded
  const { change } = changeOfGrant(
    at,
    target,
    isServer ? 'server.unassigned' : 'membership.revoked',
    tombstone,
    grantItem(tombstone, revocationTtl(at, target)),
  )
  return isOvertaken ? { outcome: 'superseded', change } : { outcome: 'applied', change, after: undefined }
}

function timestampAfterTarget(context: Context, target: GrantTarget): Context {
  return timestampAfter(context, target.stored?.stamp, endedAt(target), target.user.types.at(-1)?.at)
}

/**
 * Throws for grants that would have no effect. Events may make them: the user may be enabled later, and a late grant
 * may have expired already.
 */
function refuseWithoutEffect(context: Context, { user, resource }: GrantTarget, terms: Terms): void {
  if (resource.kind !== 'server') refuseIfGoing(resource.project)
  if (user.status === 'disabled') {
    throw new DomainError('conflict', 'the user is disabled; enable them before granting anything')
  }
  refuseExpired(context, terms)
}

/** Throws `invalid-request` for a grant that would expire at once. */
export function refuseExpired({ now }: Pick<Context, 'now'>, { expiresAt }: Pick<Terms, 'expiresAt'>): void {
  if (expiresAt === undefined || expiresAt > now) return
  throw fieldsError('invalid-request', [{ pointer: '/expiresAt', detail: 'must be in the future' }])
}

/**
 * True if an equal stored grant is in effect, whoever made it; membership by type isn't one. Absent terms count as
 * none: a grant without them replaces one that has them.
 */
function isGrantedAlready(
  target: GrantTarget,
  { roles = [], capabilities = [], expiresAt, reason }: Terms,
): boolean {
  const { stored } = target
  const held = effectiveGrantOf(target)
  return (
    stored !== undefined &&
    held !== undefined &&
    held.source !== 'type' &&
    isSameSet(stored.roles, roles) &&
    isSameSet(stored.capabilities, capabilities) &&
    stored.expiresAt === expiresAt &&
    stored.reason === reason
  )
}

/** Throws `locked` for the main-customer, who is a full member of every project. */
function refuseLocked({ user, resource }: GrantTarget): void {
  if (resource.kind !== 'server' && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's memberships cannot be changed")
  }
}
