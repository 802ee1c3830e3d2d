import { actorName } from '../domain/actor.ts'
import type { Capability } from '../domain/capability.ts'
import { DomainError } from '../domain/errors.ts'
import type { StoredGrant } from '../domain/grant.ts'
import { aboveCeiling } from '../domain/grant.ts'
import type { Instant } from '../domain/instant.ts'
import { isMainCustomer } from '../domain/user.ts'
import { voidedSince } from '../domain/user-type.ts'
import { grantItem, markerTtl } from '../table/grants.ts'
import type { Key } from '../table/keys.ts'
import { keys } from '../table/keys.ts'
import { assignmentChange, membershipChange } from './audit-view.ts'
import { Awaiting } from './awaiting.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { grantSource } from './grant-source.ts'
import type { Pair } from './pair.ts'

/** What a grant gives. */
export type Terms = {
  roles?: readonly string[] | undefined
  capabilities?: readonly Capability[] | undefined
  expiresAt?: Instant | undefined
  reason?: string | undefined
}

/** The newest about a pair wins, and a grant doesn't survive what has ended either end of it since. */
export function planGrant(context: Context, pair: Pair, terms: Terms, eventType: string): Plan {
  const { stamp, actor, now } = context
  const { user, resource, stored, customerId } = pair
  refuseLocked(pair)
  const newer = [stored?.stamp, pair.waitingRevocation?.stamp, pair.endedAt].some((at) => at && at > stamp)
  if (newer || voidedSince(user.types, stamp)) return superseded
  const ceiling = aboveCeiling(user, resource, terms.roles ?? [])
  if (ceiling) {
    const awaited = { key: keys.user(customerId, user.id), was: user.version }
    throw new Awaiting('type-ceiling', ceiling, awaited)
  }
  const grant: StoredGrant = {
    customerId,
    userId: user.id,
    resource,
    stamp,
    roles: terms.roles ?? [],
    capabilities: terms.capabilities ?? [],
    source: grantSource(actor),
    grantedBy: actorName(actor),
    grantedAt: now,
    expiresAt: terms.expiresAt,
    reason: terms.reason,
  }
  return plannedPair(context, pair, eventType, grant, grantItem(grant))
}

/** Leaves a marker, so that an older grant arriving later has no effect. */
export function planRevocation(context: Context, pair: Pair, eventType: string): Plan {
  const { stamp, actor, now } = context
  const { user, resource, stored, customerId } = pair
  refuseLocked(pair)
  if ([stored?.stamp, pair.endedAt].some((at) => at && at > stamp)) return superseded
  const marker: StoredGrant = {
    customerId,
    userId: user.id,
    resource,
    stamp,
    revoked: true,
    roles: [],
    capabilities: [],
    source: grantSource(actor),
    grantedBy: actorName(actor),
    grantedAt: now,
  }
  return plannedPair(context, pair, eventType, marker, grantItem(marker, revocationTtl(context, pair)))
}

/**
 * A type may give a membership, also one that was held earlier and becomes known only later: its removal has to stay.
 * Nothing gives an assignment but a grant.
 */
function revocationTtl({ table }: Context, { resource }: Pair): number | undefined {
  return resource.kind === 'project' ? undefined : markerTtl(table.now())
}

function plannedPair(
  context: Context,
  pair: Pair,
  eventType: string,
  after: StoredGrant,
  item: Key & Record<string, unknown>,
): Plan {
  const { stored, resource, customerId, checks } = pair
  const change = resource.kind === 'project' ? membershipChange : assignmentChange
  return planned(
    context,
    customerId,
    eventType,
    [{ put: item, was: stored?.version }, ...checks],
    [change({ before: stored, after })],
  )
}

/** The main-customer is a member of every project, in full: there's nothing to give or take. */
function refuseLocked({ user, resource }: Pair): void {
  if (resource.kind === 'project' && isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's memberships cannot be changed")
  }
}
