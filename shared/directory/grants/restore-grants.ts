import { stampsOf } from '../../domain/access/main-grant.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import {
  addMilliseconds,
  type Instant,
  instantOfStamp,
  type Stamp,
  stampOf,
} from '../../domain/values/instant.ts'
import { aheadTolerance } from '../../provisioning/delivery.ts'
import { membersChangedSince } from '../../records/audit-events.ts'
import type { Change } from '../../records/commit.ts'
import { asGrant } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asUser, findUserWithGrants } from '../../records/users.ts'
import type { Versioned, Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { assignmentChange, membershipChange } from '../change/audit-view.ts'
import { type Context, changePlan } from '../change/change-plan.ts'
import { isClaimedAfter, type Missing, restoreDelivery } from './restore-claimed.ts'

/** Grants a transaction: with three items each, far below DynamoDB's 100. */
export const batchSize = 25

const actor = { kind: 'system', id: 'provisioning' } as const

/**
 * A change that has to be committed before the rest can be planned: it is too large for one transaction, or concerns
 * other entities.
 */
export class PrecedingChange extends Error {
  override name = 'Preceding'
  readonly change: Change

  constructor(change: Change) {
    super('something has to be committed before')
    this.change = change
  }
}

/**
 * Before a new user gets the address of a deleted one: puts the deliveries of grants made since the deletion back to
 * waiting, a batch at a time.
 * @throws {PrecedingChange}
 */
export async function restoreGrantsOfUser(
  context: Context,
  customerId: string,
  userId: string,
): Promise<void> {
  const { table } = context
  const key = keys.user(customerId, userId)
  const tombstone = asUser(await table.get(key))
  // The clean-up has restored them if it ran already, and a deleted user gets no new grants.
  if (!tombstone?.deleted || !tombstone.cleanupSince) return
  const { grants } = await findUserWithGrants(table, customerId, userId)
  const cause = { check: key, expectedVersion: tombstone.version }
  await restoreNewer(context, { customerId, cause, end: tombstone.deleted, missing: 'user' }, [
    ...grants.values(),
  ])
}

/** Milliseconds after the deletion was planned in which a grant may still have been stored, as clocks differ. */
const clocksDiffer = 60_000

/**
 * Before a new project gets the name of a deleted one, likewise. No index lists revocations, but the audit trail has
 * every fact about the project from its end on that arrived before its deletion.
 * @throws {PrecedingChange}
 */
export async function restoreGrantsOfProject(
  context: Context,
  customerId: string,
  projectId: string,
): Promise<void> {
  const { table } = context
  const key = keys.project(customerId, projectId)
  const tombstone = asProject(await table.get(key))
  if (!tombstone?.deleted) return
  const since = addMilliseconds(instantOfStamp(tombstone.deleted), -aheadTolerance)
  const until = addMilliseconds(tombstone.updatedAt, clocksDiffer)
  const users = await membersChangedSince(table, { customerId, projectId }, since, until)
  const items = await table.getMany(
    users.map((userId) => keys.grant(customerId, userId, 'project', projectId)),
  )
  const grants = items.map(asGrant).filter((grant) => grant !== undefined)
  const cause = { check: key, expectedVersion: tombstone.version }
  await restoreNewer(context, { customerId, cause, end: tombstone.deleted, missing: 'project' }, grants)
}

type EndedOwner = { customerId: string; cause: Write; end: Stamp; missing: Missing }

async function restoreNewer(
  { table, now, openstack }: Context,
  { customerId, cause, end, missing }: EndedOwner,
  grants: readonly Versioned<StoredGrant>[],
): Promise<void> {
  const newer = grants.filter((grant) => factsAfterEnd(grant, end).length > 0).slice(0, batchSize)
  if (newer.length === 0) return
  const restored = await Promise.all(newer.map((grant) => restoreGrant(table, grant, end, missing, now)))
  const reason = missing === 'user' ? 'the user was deleted before' : 'the project was deleted before'
  const context: Context = { table, actor, stamp: stampOf(now, actor.id), now, reason, openstack }
  const { change } = changePlan(context, {
    customerId,
    eventType: 'grants.removed',
    writes: [cause, ...restored.flat()],
    changes: newer.map((before) =>
      (before.resource.kind === 'project' ? membershipChange : assignmentChange)({ before }),
    ),
    after: undefined,
  })
  throw new PrecedingChange(change)
}

/** The stamps of the facts that events added after the end of the user or project. */
export const factsAfterEnd = (grant: StoredGrant, end: Stamp): Stamp[] =>
  stampsOf(grant).filter((at) => isClaimedAfter(at, end))

/** Removes the stored grant, and puts the deliveries of its facts back to waiting. */
async function restoreGrant(
  table: Table,
  grant: Versioned<StoredGrant>,
  end: Stamp,
  missing: Missing,
  now: Instant,
): Promise<Write[]> {
  const { customerId, userId, resource, version: expectedVersion } = grant
  const stamps = factsAfterEnd(grant, end)
  const restored = await Promise.all(stamps.map((stamp) => restoreDelivery(table, stamp, missing, now)))
  return [
    { remove: keys.grant(customerId, userId, resource.kind, resource.id), expectedVersion },
    ...restored.flat(),
  ]
}
