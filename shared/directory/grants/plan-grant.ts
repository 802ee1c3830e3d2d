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
import { DomainError, causeOf } from '../../domain/values/errors.ts'
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

/** What a grant gives. */
export type Terms = {
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** The newest about a pair wins, and a grant doesn't survive what has ended either end of it since. */
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
  const isVoid = revokedByTypeSince(user.types, at.stamp)
  if (isVoid && target.resource.kind !== 'main') return planVoid(at, target, eventType)
  const ceiling =
    isVoid || isOvertaken ? undefined : ceilingViolation(user, resourceOf(target), terms.roles ?? [])
  if (ceiling) {
    const dependency = { key: keys.user(customerId, user.id), expectedVersion: user.version }
    throw new PendingDependency('type-ceiling', ceiling, dependency)
  }
  if (isByPerson(context) && givesAlready(target, terms)) return unchanged(target, seenOf(target))
  const grant: StoredGrant = {
    ...newRegister(at, target),
    roles: terms.roles ?? [],
    capabilities: terms.capabilities ?? [],
    expiresAt: terms.expiresAt,
    reason: terms.reason,
  }
  const register = registerOf(target, grant)
  if (!register) return superseded
  const plan = changeOfGrant(at, target, eventType, register, grantItem(register))
  // Billing may be in Main: it counts if the user turns out to have been billing even before.
  return isVoid || isOvertaken ? { outcome: 'superseded', change: plan.change } : plan
}

/** Says nothing but when it was granted: it is looked for if the user turns out to have become billing earlier. */
function planVoid(at: Context, target: GrantTarget, eventType: AuditEventType): ChangePlan<GrantTarget> {
  if (!isEvent(at)) return superseded
  const tombstone: StoredGrant = { ...newRegister(at, target), revoked: true }
  const { change } = changeOfGrant(
    at,
    target,
    eventType,
    tombstone,
    grantItem(tombstone, tombstoneTtl(at.table.now())),
  )
  return { outcome: 'superseded', change }
}

/** Of Main with what may come to count again; `undefined`: what is said now can't. */
const registerOf = ({ resource: end, stored }: GrantTarget, said: StoredGrant): StoredGrant | undefined =>
  end.kind === 'main' ? withFact(stored, said) : said

/** Leaves a marker, so that an older grant arriving later has no effect. */
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
  const tombstone = registerOf(target, { ...newRegister(at, target), revoked: true })
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

/** An event may grant to somebody who is enabled later, or what is over already; people are told that it gives nothing. */
function refuseWithoutEffect(context: Context, { user, resource: end }: GrantTarget, terms: Terms): void {
  if (end.kind !== 'server') refuseIfGoing(end.project)
  if (user.status === 'disabled') {
    throw new DomainError('conflict', 'the user is disabled; enable them before granting anything')
  }
  refuseExpired(context, terms)
}

/** Throws `invalid-request` for a grant that would be over at once. */
export function refuseExpired({ now }: Pick<Context, 'now'>, { expiresAt }: Pick<Terms, 'expiresAt'>): void {
  if (expiresAt === undefined || expiresAt > now) return
  throw causeOf('invalid-request', [{ pointer: '/expiresAt', detail: 'must be in the future' }])
}

/**
 * True if the same was granted before, by whomever; what comes with the type wasn't. Terms that aren't named are none: a
 * grant without them replaces one that has them.
 */
function givesAlready(
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

function seenOf(target: GrantTarget) {
  const { customerId, user, stored } = target
  const { kind, id } = resourceOf(target)
  const ends = checkTarget(target).map(({ check, expectedVersion }) => ({ key: check, expectedVersion }))
  return [
    { key: keys.user(customerId, user.id), expectedVersion: user.version },
    { key: keys.grant(customerId, user.id, kind, id), expectedVersion: versionOf(stored) },
    ...ends,
  ]
}

function newRegister({ actor, stamp, now }: Context, target: GrantTarget): StoredGrant {
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
 * A type may give a membership, also one that was held earlier and becomes known only later: its removal has to stay.
 * Nothing gives an assignment but a grant.
 */
function revocationTtl({ table }: Context, { resource: end }: GrantTarget): number | undefined {
  return end.kind === 'server' ? tombstoneTtl(table.now()) : undefined
}

function changeOfGrant(
  context: Context,
  target: GrantTarget,
  eventType: AuditEventType,
  grant: StoredGrant,
  item: Key & Record<string, unknown>,
): ChangePlan<GrantTarget> & { outcome: 'applied' } {
  const { stored, resource: end, customerId, user } = target
  const change = end.kind === 'server' ? assignmentChange : membershipChange
  const updated =
    end.kind === 'main' ? { ...user, inMain: mainGrantCopy(grant), updatedAt: context.now } : user
  return changePlan<GrantTarget>(context, {
    customerId,
    eventType,
    writes: [
      { put: item, expectedVersion: versionOf(stored) },
      holdUser(target, updated),
      ...checkTarget(target),
    ],
    changes: [change({ before: stored, after: grant })],
    after: { ...target, user: updated, stored: { ...grant, version: (stored?.version ?? 0) + 1 } },
  })
}

/** No grant is effective before the user exists or after it is gone; of Main the user's own item keeps a copy. */
function holdUser({ resource: end, user, customerId }: GrantTarget, updated: User): Write {
  const { id, version: expectedVersion } = user
  return end.kind === 'main'
    ? { put: userItem(updated), expectedVersion }
    : { check: keys.user(customerId, id), expectedVersion }
}

/** The main-customer is a member of every project, in full: there's nothing to give or take. */
function refuseLocked({ user, resource: end }: GrantTarget): void {
  if (end.kind !== 'server' && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's memberships cannot be changed")
  }
}
