import type { StoredGrant } from '../../domain/entities/grant.ts'
import { isLive, mainProjectId } from '../../domain/entities/project.ts'
import { revokedByTypeSince } from '../../domain/entities/user-type.ts'
import { dateOf, type Instant, type Stamp } from '../../domain/values/instant.ts'
import { asGrant, grantItem, tombstoneTtl } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import type { Item, Versioned, Write } from '../../table/item.ts'
import { grantedOn, type Key, keys, prefixes } from '../../table/keys.ts'
import { indexes } from '../../table/schema.ts'
import type { Table } from '../../table/table.ts'
import { type Missing, restoreDelivery } from '../grants/restore-claimed.ts'
import { factsAfterEnd } from '../grants/restore-grants.ts'

/** A stored grant without effect, the write that removes it, and the deliveries that go back to waiting with it. */
export type OrphanedGrant = { before: Versioned<StoredGrant>; write: Write; restored?: readonly Write[] }

/** The grants that a deleted or changed item has orphaned. */
export type CleanupPlan = {
  customerId: string
  /** For the audit event. */
  reason: string
  /** The grants come from an index, which may not list the newest yet. */
  fromIndex: boolean
  orphans: AsyncIterable<OrphanedGrant>
  /** Attributes that the item loses together with the last grant. */
  finalChange?: Record<string, undefined>
}

/**
 * Plans the removal of the grants that a deletion or a change of type has ended. `item` was read before them, and
 * with it unchanged none can be added. Grants that can never be made again are removed. Where the pair may come back,
 * a tombstone stays as long as any other: audit events continue its version numbers, and if a type turns out to have
 * begun earlier, an older grant may take effect again.
 */
export function planCleanup(table: Table, { sk }: Key, item: Item, now: Instant): CleanupPlan | undefined {
  if (sk.startsWith(prefixes.projects)) return planForProject(table, item, now)
  if (sk.startsWith(prefixes.servers)) return planForServer(table, item, now)
  return planForUser(table, item, now)
}

function planForUser(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const user = asUser(item)
  if (!user) return undefined
  const { customerId, id, types } = user
  const stored = collectionOf(table, keys.user(customerId, id))
  if (user.deleted) {
    return {
      customerId,
      reason: 'the user was deleted',
      fromIndex: false,
      orphans: mainLast(orphansAmong(stored, removalAfter(table, user.deleted, 'user', now))),
      finalChange: { mainGrant: undefined },
    }
  }
  // Billing may be a member of Main: a fact about that takes effect again if the user turns out to have been billing
  // even before.
  const isRevokedByType = (grant: StoredGrant) =>
    !isMainGrant(grant) && revokedByTypeSince(types, grant.stamp)
  return {
    customerId,
    reason: 'the user became customer-billing, which holds no grants',
    fromIndex: false,
    orphans: orphansAmong(stored, (grant) => (isRevokedByType(grant) ? asTombstone(grant, now) : undefined)),
  }
}

function planForProject(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const project = asProject(item)
  if (!project) return undefined
  const { customerId, id, deleted = '' } = project
  const remove = removalAfter(table, deleted, 'project', now)
  return {
    customerId,
    reason: 'the project was deleted',
    fromIndex: true,
    orphans: orphansAmong(fromIndex(table, grantedOn(customerId, 'project', id)), (grant) =>
      isLive(project) ? undefined : remove(grant),
    ),
  }
}

/** The id may be in use again, with newer assignments. */
function planForServer(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const server = asServer(item)
  if (!server) return undefined
  const { customerId, id, lastDeleted = '' } = server
  const isOlder = (stamp: Stamp) => stamp < lastDeleted
  return {
    customerId,
    reason: 'the server was deleted',
    fromIndex: true,
    orphans: orphansAmong(fromIndex(table, grantedOn(customerId, 'server', id)), (grant) =>
      isOlder(grant.stamp) ? asTombstone(grant, now) : undefined,
    ),
  }
}

type Stored = Versioned<StoredGrant>

const keyOf = ({ customerId, userId, resource }: StoredGrant) =>
  keys.grant(customerId, userId, resource.kind, resource.id)

const isMainGrant = ({ resource }: StoredGrant) =>
  resource.kind === 'project' && resource.id === mainProjectId

/** Facts from after the end are about the next holder of the name: their deliveries wait for it. */
function removalAfter(table: Table, end: Stamp, missing: Missing, now: Instant) {
  return async (before: Stored): Promise<OrphanedGrant> => {
    const write = { remove: keyOf(before), expectedVersion: before.version }
    const stamps = factsAfterEnd(before, end)
    const restored = await Promise.all(stamps.map((stamp) => restoreDelivery(table, stamp, missing, now)))
    return { before, write, restored: restored.flat() }
  }
}

function asTombstone(before: Stored, now: Instant): OrphanedGrant | undefined {
  if (before.revoked) return undefined
  const terms = { roles: [], capabilities: [], expiresAt: undefined, reason: undefined }
  const tombstone = grantItem({ ...before, ...terms, revoked: true }, tombstoneTtl(dateOf(now)))
  return { before, write: { put: tombstone, expectedVersion: before.version } }
}

/** Reads strongly. */
async function* collectionOf(table: Table, { pk, sk }: Key): AsyncGenerator<Stored> {
  for await (const item of table.queryAll({ partition: pk })) {
    const grant = item.sk === sk ? undefined : asGrant(item)
    if (grant) yield grant
  }
}

const readBatch = 100

/** Lists from the index and reads each strongly. */
async function* fromIndex(table: Table, partition: string): AsyncGenerator<Stored> {
  const wanted: Key[] = []
  const read = async () => (await table.getMany(wanted.splice(0))).map(asGrant)
  for await (const { pk, sk } of table.queryAll({ index: indexes.grantsByResource, partition })) {
    if (wanted.push({ pk, sk }) === readBatch) yield* present(await read())
  }
  yield* present(await read())
}

const present = (grants: (Stored | undefined)[]) => grants.filter((grant) => grant !== undefined)

async function* orphansAmong(
  stored: AsyncIterable<Stored>,
  how: (grant: Stored) => OrphanedGrant | undefined | Promise<OrphanedGrant>,
): AsyncGenerator<OrphanedGrant> {
  for await (const grant of stored) {
    const orphan = await how(grant)
    if (orphan) yield orphan
  }
}

/** The stored grant of Main goes in the last transaction, together with the user's copy of it. */
async function* mainLast(orphans: AsyncIterable<OrphanedGrant>): AsyncGenerator<OrphanedGrant> {
  let main: OrphanedGrant | undefined
  for await (const orphan of orphans) {
    if (isMainGrant(orphan.before)) main = orphan
    else yield orphan
  }
  if (main) yield main
}
