import type { StoredGrant } from '../../domain/entities/grant.ts'
import { mainGrantCopy, type User } from '../../domain/entities/user.ts'
import { actorName } from '../../domain/values/actor.ts'
import type { AuditEventType } from '../../domain/values/audit-event.ts'
import { tombstoneTtl } from '../../records/grants.ts'
import { userItem } from '../../records/users.ts'
import { versionOf, type Write } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import { assignmentChange, membershipChange } from '../change/audit-view.ts'
import { type ChangePlan, changePlan, type Context } from '../change/change-plan.ts'
import { grantSource } from './grant-source.ts'
import { checkTarget, type GrantTarget, resourceOf } from './target.ts'

/** The items on which the answer rests that a grant is there already. */
export function checkedItems(target: GrantTarget) {
  const { customerId, user, stored } = target
  const { kind, id } = resourceOf(target)
  const ends = checkTarget(target).map(({ check, expectedVersion }) => ({ key: check, expectedVersion }))
  return [
    { key: keys.user(customerId, user.id), expectedVersion: user.version },
    { key: keys.grant(customerId, user.id, kind, id), expectedVersion: versionOf(stored) },
    ...ends,
  ]
}

/** A grant of the target by the context's actor, without any right yet. */
export function newStoredGrant({ actor, stamp, now }: Context, target: GrantTarget): StoredGrant {
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
export function revocationTtl({ table }: Context, { resource }: GrantTarget): number | undefined {
  return resource.kind === 'server' ? tombstoneTtl(table.now()) : undefined
}

/** Writes the grant, if user and resource are as they were read, with its audit event. */
export function changeOfGrant(
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
