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

/** Three items each at most, far below DynamoDB's 100 a transaction. */
export const batchSize = 25

const actor = { kind: 'system', id: 'provisioning' } as const

/** Has to be committed before anything else can be planned: it is too much for one transaction, or concerns others. */
export class Preceding extends Error {
  override name = 'Preceding'
  readonly change: Change

  constructor(change: Change) {
    super('something has to be committed before')
    this.change = change
  }
}

/**
 * Before somebody gets the address of a user who is gone: what events have said of that user's grants since the end goes
 * back to waiting, a batch at a time.
 * @throws {Preceding}
 */
export async function restoreGrantsOfUser(
  context: Context,
  customerId: string,
  userId: string,
): Promise<void> {
  const { table } = context
  const key = keys.user(customerId, userId)
  const tombstone = asUser(await table.get(key))
  // Where the clean-up has been it has returned them, and nothing is added to a user who is gone.
  if (!tombstone?.deleted || !tombstone.cleanupSince) return
  const { grants } = await findUserWithGrants(table, customerId, userId)
  const cause = { check: key, expectedVersion: tombstone.version }
  await restoreNewer(context, { customerId, cause, end: tombstone.deleted, missing: 'user' }, [
    ...grants.values(),
  ])
}

/** A register may have been set until then after the deletion was planned, in milliseconds: clocks differ. */
const clocksDiffer = 60_000

/**
 * Before a project gets the name of one that is gone, likewise. Revocations are in no index: the audit trail tells of all
 * that was said of the project at or after its end, which has arrived until it was deleted.
 * @throws {Preceding}
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
  const registers = items.map(asGrant).filter((grant) => grant !== undefined)
  const cause = { check: key, expectedVersion: tombstone.version }
  await restoreNewer(context, { customerId, cause, end: tombstone.deleted, missing: 'project' }, registers)
}

type Gone = { customerId: string; cause: Write; end: Stamp; missing: Missing }

async function restoreNewer(
  { table, now, openstack }: Context,
  { customerId, cause, end, missing }: Gone,
  registers: readonly Versioned<StoredGrant>[],
): Promise<void> {
  const newer = registers.filter((grant) => factsAfterEnd(grant, end).length > 0).slice(0, batchSize)
  if (newer.length === 0) return
  const returned = await Promise.all(newer.map((grant) => restoreGrant(table, grant, end, missing, now)))
  const reason = missing === 'user' ? 'the user was deleted before' : 'the project was deleted before'
  const context: Context = { table, actor, stamp: stampOf(now, actor.id), now, reason, openstack }
  const { change } = changePlan(context, {
    customerId,
    eventType: 'grants.removed',
    writes: [cause, ...returned.flat()],
    changes: newer.map((before) =>
      (before.resource.kind === 'project' ? membershipChange : assignmentChange)({ before }),
    ),
    after: undefined,
  })
  throw new Preceding(change)
}

/** The stamps of what events have said of the pair after the end of its user or project. */
export const factsAfterEnd = (register: StoredGrant, end: Stamp): Stamp[] =>
  stampsOf(register).filter((at) => isClaimedAfter(at, end))

/** Removes the register, and lets what it tells wait again. */
async function restoreGrant(
  table: Table,
  grant: Versioned<StoredGrant>,
  end: Stamp,
  missing: Missing,
  now: Instant,
): Promise<Write[]> {
  const { customerId, userId, resource, version: expectedVersion } = grant
  const stamps = factsAfterEnd(grant, end)
  const returned = await Promise.all(stamps.map((stamp) => restoreDelivery(table, stamp, missing, now)))
  return [
    { remove: keys.grant(customerId, userId, resource.kind, resource.id), expectedVersion },
    ...returned.flat(),
  ]
}
