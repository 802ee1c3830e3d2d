import { aboveCeiling } from '../../domain/access/effective-grant.ts'
import { withFact } from '../../domain/access/main-grant.ts'
import type { Capability } from '../../domain/entities/capability.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { refuseIfGoing } from '../../domain/entities/project.ts'
import { voidedSince } from '../../domain/entities/user-type.ts'
import { isMainCustomer, keptOfMain, type User } from '../../domain/entities/user.ts'
import { actorName } from '../../domain/values/actor.ts'
import { isSameSet } from '../../domain/values/equality.ts'
import { DomainError, refusalOf } from '../../domain/values/errors.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { grantItem, markerTtl } from '../../records/grants.ts'
import { userItem } from '../../records/users.ts'
import type { Write } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import { assignmentChange, membershipChange } from '../change/audit-view.ts'
import {
  type Context,
  countingAfter,
  isByPerson,
  isEvent,
  isReview,
  type Plan,
  planned,
  superseded,
  unchanged,
} from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { grantSource } from './grant-source.ts'
import { checkEnd, endedAt, heldBy, type Pair, resourceOf } from './target.ts'

/** What a grant gives. */
export type Terms = {
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** The newest about a pair wins, and a grant doesn't survive what has ended either end of it since. */
export function planGrant(context: Context, pair: Pair, terms: Terms, eventType: string): Plan<Pair> {
  const at = countingAfterPair(context, pair)
  const { user, stored, customerId } = pair
  refuseLocked(pair)
  if (!isEvent(context) && !isReview(context)) refuseWithoutEffect(context, pair, terms)
  const newer = [pair.waitingRevocation?.stamp, endedAt(pair)]
  if (newer.some((stamp) => stamp && stamp > at.stamp)) return superseded
  const isOvertaken = (stored?.stamp ?? '') > at.stamp
  if (isOvertaken && pair.end.kind !== 'main') return superseded
  const isVoid = voidedSince(user.types, at.stamp)
  if (isVoid && pair.end.kind !== 'main') return planVoid(at, pair, eventType)
  const ceiling = isVoid || isOvertaken ? undefined : aboveCeiling(user, resourceOf(pair), terms.roles ?? [])
  if (ceiling) {
    const awaited = { key: keys.user(customerId, user.id), was: user.version }
    throw new PendingDependency('type-ceiling', ceiling, awaited)
  }
  if (isByPerson(context) && givesAlready(pair, terms)) return unchanged(pair, seenOf(pair))
  const grant: StoredGrant = {
    ...newRegister(at, pair),
    roles: terms.roles ?? [],
    capabilities: terms.capabilities ?? [],
    expiresAt: terms.expiresAt,
    reason: terms.reason,
  }
  const register = registerOf(pair, grant)
  if (!register) return superseded
  const plan = plannedPair(at, pair, eventType, register, grantItem(register))
  // Billing may be in Main: it counts if the user turns out to have been billing even before.
  return isVoid || isOvertaken ? { outcome: 'superseded', change: plan.change } : plan
}

/** Says nothing but when it was granted: it is looked for if the user turns out to have become billing earlier. */
function planVoid(at: Context, pair: Pair, eventType: string): Plan<Pair> {
  if (!isEvent(at)) return superseded
  const marker: StoredGrant = { ...newRegister(at, pair), revoked: true }
  const { change } = plannedPair(at, pair, eventType, marker, grantItem(marker, markerTtl(at.table.now())))
  return { outcome: 'superseded', change }
}

/** Of Main with what may come to count again; `undefined`: what is said now can't. */
const registerOf = ({ end, stored }: Pair, said: StoredGrant): StoredGrant | undefined =>
  end.kind === 'main' ? withFact(stored, said) : said

/** Leaves a marker, so that an older grant arriving later has no effect. */
export function planRevocation(context: Context, pair: Pair, eventType: string): Plan<undefined> {
  const at = countingAfterPair(context, pair)
  refuseLocked(pair)
  if (!isEvent(context) && !heldBy(pair)) throw new DomainError('not-found', 'There is no such grant.')
  if (endedAt(pair) > at.stamp) return superseded
  const isOvertaken = (pair.stored?.stamp ?? '') > at.stamp
  if (isOvertaken && pair.end.kind !== 'main') return superseded
  const marker = registerOf(pair, { ...newRegister(at, pair), revoked: true })
  if (!marker) return superseded
  const { change } = plannedPair(at, pair, eventType, marker, grantItem(marker, revocationTtl(at, pair)))
  return isOvertaken ? { outcome: 'superseded', change } : { outcome: 'applied', change, after: undefined }
}

function countingAfterPair(context: Context, pair: Pair): Context {
  return countingAfter(context, pair.stored?.stamp, endedAt(pair), pair.user.types.at(-1)?.at)
}

/** An event may grant to somebody who is enabled later, or what is over already; people are told that it gives nothing. */
function refuseWithoutEffect(context: Context, { user, end }: Pair, terms: Terms): void {
  if (end.kind !== 'server') refuseIfGoing(end.project)
  if (user.status === 'disabled') {
    throw new DomainError('conflict', 'the user is disabled; enable them before granting anything')
  }
  refuseExpired(context, terms)
}

/** Throws `invalid-request` for a grant that would be over at once. */
export function refuseExpired({ now }: Pick<Context, 'now'>, { expiresAt }: Pick<Terms, 'expiresAt'>): void {
  if (expiresAt === undefined || expiresAt > now) return
  throw refusalOf('invalid-request', [{ pointer: '/expiresAt', detail: 'must be in the future' }])
}

/**
 * True if the same was granted before, by whomever; what comes with the type wasn't. Terms that aren't named are none: a
 * grant without them replaces one that has them.
 */
function givesAlready(pair: Pair, { roles = [], capabilities = [], expiresAt, reason }: Terms): boolean {
  const { stored } = pair
  const held = heldBy(pair)
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

function seenOf(pair: Pair) {
  const { customerId, user, stored } = pair
  const { kind, id } = resourceOf(pair)
  const ends = checkEnd(pair).map(({ check, was }) => ({ key: check, was }))
  return [
    { key: keys.user(customerId, user.id), was: user.version },
    { key: keys.grant(customerId, user.id, kind, id), was: stored?.version },
    ...ends,
  ]
}

function newRegister({ actor, stamp, now }: Context, pair: Pair): StoredGrant {
  return {
    customerId: pair.customerId,
    userId: pair.user.id,
    resource: resourceOf(pair),
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
function revocationTtl({ table }: Context, { end }: Pair): number | undefined {
  return end.kind === 'server' ? markerTtl(table.now()) : undefined
}

function plannedPair(
  context: Context,
  pair: Pair,
  eventType: string,
  grant: StoredGrant,
  item: Key & Record<string, unknown>,
): Plan<Pair> & { outcome: 'applied' } {
  const { stored, end, customerId, user } = pair
  const change = end.kind === 'server' ? assignmentChange : membershipChange
  const updated = end.kind === 'main' ? { ...user, inMain: keptOfMain(grant), updatedAt: context.now } : user
  return planned<Pair>(
    context,
    customerId,
    eventType,
    [{ put: item, was: stored?.version }, holdUser(pair, updated), ...checkEnd(pair)],
    [change({ before: stored, after: grant })],
    { ...pair, user: updated, stored: { ...grant, version: (stored?.version ?? 0) + 1 } },
  )
}

/** No grant is effective before the user exists or after it is gone; of Main the user's own item keeps a copy. */
function holdUser({ end, user, customerId }: Pair, updated: User): Write {
  const { id, version: was } = user
  return end.kind === 'main' ? { put: userItem(updated), was } : { check: keys.user(customerId, id), was }
}

/** The main-customer is a member of every project, in full: there's nothing to give or take. */
function refuseLocked({ user, end }: Pair): void {
  if (end.kind !== 'server' && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's memberships cannot be changed")
  }
}
