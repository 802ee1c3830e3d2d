import { ceilingViolation } from '../../domain/access/effective-grant.ts'
import { withFact } from '../../domain/access/main-grant.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { refuseIfGoing } from '../../domain/entities/project.ts'
import { revokedByTypeSince } from '../../domain/entities/user-type.ts'
import { isMainCustomer, mainGrantCopy, type User } from '../../domain/entities/user.ts'
import { actorName } from '../../domain/values/actor.ts'
import type { AuditEventType } from '../../domain/values/audit-event.ts'
import { isSameSet } from '../../domain/values/equality.ts'
import { DomainError, fieldsError } from '../../domain/values/errors.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { grantItem, tombstoneTtl } from '../../records/grants.ts'
import { userItem } from '../../records/users.ts'
import { versionOf, type Write } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import { assignmentChange, membershipChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfter,
  isByPerson,
  isEvent,
  isReview,
  type ChangePlan,
  changePlan,
  superseded,
  unchanged,
} from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { grantSource } from './grant-source.ts'
import { checkTarget, endedAt, effectiveGrantOf, type GrantTarget, resourceOf } from './target.ts'

/** The terms of a grant. */
type Terms = {
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** Plans a grant. The newest fact about user and resource wins, and a deletion of either ends older grants. */
export function planGrant(
  context: Context,
  target: GrantTarget,
  terms: Terms,
  eventType: AuditEventType,
): ChangePlan<GrantTarget> {
  const at = timestampAfterTarget(context, target)
  const { user, stored, customerId } = target
  refuseLocked(target)
  if (!isEvent(context) && !isReview(context)) refuseWithoutEffect(context, target, terms)
  const newer = [target.waitingRevocation?.stamp, endedAt(target)]
  if (newer.some((stamp) => stamp && stamp > at.stamp)) return superseded
  const isOvertaken = (stored?.stamp ?? '') > at.stamp
  if (isOvertaken && target.resource.kind !== 'main') return superseded
  const isRevokedByType = revokedByTypeSince(user.types, at.stamp)
  if (isRevokedByType && target.resource.kind !== 'main') return planRevokedByType(at, target, eventType)
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
  const plan = changeOfGrant(at, target, eventType, updated, grantItem(updated))
  // Kept though without effect. Example: a client is granted Main on Monday, and became billing on Tuesday. If a late
  // event makes the user billing from Sunday on, the grant of Monday is in effect.
  return isRevokedByType || isOvertaken ? { outcome: 'superseded', change: plan.change } : plan
}

/**
 * Stores a tombstone with the grant's stamp, by which the delivery is found if the user turns out to have become
 * billing earlier.
 */
function planRevokedByType(
  at: Context,
  target: GrantTarget,
  eventType: AuditEventType,
): ChangePlan<GrantTarget> {
  if (!isEvent(at)) return superseded
  const tombstone: StoredGrant = { ...newStoredGrant(at, target), revoked: true }
  const { change } = changeOfGrant(
    at,
    target,
    eventType,
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

/** Stores a tombstone, so that an older grant that arrives later has no effect. */
export function planRevocation(
  context: Context,
  target: GrantTarget,
  eventType: AuditEventType,
): ChangePlan<undefined> {
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
    eventType,
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

function checkedItems(target: GrantTarget) {
  const { customerId, user, stored } = target
  const { kind, id } = resourceOf(target)
  const ends = checkTarget(target).map(({ check, expectedVersion }) => ({ key: check, expectedVersion }))
  return [
    { key: keys.user(customerId, user.id), expectedVersion: user.version },
    { key: keys.grant(customerId, user.id, kind, id), expectedVersion: versionOf(stored) },
    ...ends,
  ]
}

function newStoredGrant({ actor, stamp, now }: Context, target: GrantTarget): StoredGrant {
  return {
    customerId: target.customerId,
    userId: target.user.id,
    resource: resourceOf(target),
    stamp,
    roles: [],
    capabilities: [],
    source: grantSource(actor),
    grantedBy: actorName(actor),
    grantedAt: now,
  }
}

/**
 * Revocations of memberships stay for good: a type may give the membership, even one that becomes known late.
 * Assignments come from grants alone.
 */
function revocationTtl({ table }: Context, { resource }: GrantTarget): number | undefined {
  return resource.kind === 'server' ? tombstoneTtl(table.now()) : undefined
}

function changeOfGrant(
  context: Context,
  target: GrantTarget,
  eventType: AuditEventType,
  grant: StoredGrant,
  item: Key & Record<string, unknown>,
): ChangePlan<GrantTarget> & { outcome: 'applied' } {
  const { stored, resource, customerId, user } = target
  const change = resource.kind === 'server' ? assignmentChange : membershipChange
  const updated =
    resource.kind === 'main' ? { ...user, mainGrant: mainGrantCopy(grant), updatedAt: context.now } : user
  return changePlan<GrantTarget>(context, {
    customerId,
    eventType,
    writes: [
      { put: item, expectedVersion: versionOf(stored) },
      userWrite(target, updated),
      ...checkTarget(target),
    ],
    changes: [change({ before: stored, after: grant })],
    after: { ...target, user: updated, stored: { ...grant, version: (stored?.version ?? 0) + 1 } },
  })
}

/**
 * Checks the user, as no grant is effective before the user exists or after a deletion; for Main it writes the user's
 * copy of the grant.
 */
function userWrite({ resource, user, customerId }: GrantTarget, updated: User): Write {
  const { id, version: expectedVersion } = user
  return resource.kind === 'main'
    ? { put: userItem(updated), expectedVersion }
    : { check: keys.user(customerId, id), expectedVersion }
}

/** Throws `locked` for the main-customer, who is a full member of every project. */
function refuseLocked({ user, resource }: GrantTarget): void {
  if (resource.kind !== 'server' && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's memberships cannot be changed")
  }
}
