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

/** A register that says nothing any more, how it goes, and what goes back to waiting with it. */
export type OrphanedGrant = { before: Versioned<StoredGrant>; write: Write; returned?: readonly Write[] }

/** What the item at hand has left behind. */
export type CleanupPlan = {
  customerId: string
  /** For the audit event. */
  reason: string
  /** An index proposes them, and may not know the newest yet. */
  isProposed: boolean
  leftovers: AsyncIterable<OrphanedGrant>
  /** What else the item loses with the last of them. */
  atLast?: Record<string, undefined>
}

/**
 * The registers that a deletion or a type has ended, `item` being read before them: with it as it is none can be added.
 * What can never be granted again is removed. Where the same pair may come back its marker stays for as long as any
 * removal's: audit events go on counting its versions, and a type that turns out to have been held earlier brings back
 * the time in which an older grant counts.
 */
export function planCleanup(table: Table, { sk }: Key, item: Item, now: Instant): CleanupPlan | undefined {
  if (sk.startsWith(prefixes.projects)) return ofProject(table, item, now)
  if (sk.startsWith(prefixes.servers)) return ofServer(table, item, now)
  return ofUser(table, item, now)
}

function ofUser(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const user = asUser(item)
  if (!user) return undefined
  const { customerId, id, types } = user
  const stored = collectionOf(table, keys.user(customerId, id))
  if (user.deleted) {
    return {
      customerId,
      reason: 'the user was deleted',
      isProposed: false,
      leftovers: mainLast(ended(stored, removalAfter(table, user.deleted, 'user', now))),
      atLast: { inMain: undefined },
    }
  }
  // A billing user may be in Main: what was said of that counts again if they turn out to have been billing even before.
  const isVoid = (grant: StoredGrant) => !isOfMain(grant) && revokedByTypeSince(types, grant.stamp)
  return {
    customerId,
    reason: 'the user became customer-billing, which holds no grants',
    isProposed: false,
    leftovers: ended(stored, (grant) => (isVoid(grant) ? ending(grant, now) : undefined)),
  }
}

function ofProject(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const project = asProject(item)
  if (!project) return undefined
  const { customerId, id, deleted = '' } = project
  const remove = removalAfter(table, deleted, 'project', now)
  return {
    customerId,
    reason: 'the project was deleted',
    isProposed: true,
    leftovers: ended(proposed(table, grantedOn(customerId, 'project', id)), (grant) =>
      isLive(project) ? undefined : remove(grant),
    ),
  }
}

/** The id may have come back since, with newer assignments. */
function ofServer(table: Table, item: Item, now: Instant): CleanupPlan | undefined {
  const server = asServer(item)
  if (!server) return undefined
  const { customerId, id, lastDeleted = '' } = server
  const isOlder = (stamp: Stamp) => stamp < lastDeleted
  return {
    customerId,
    reason: 'the server was deleted',
    isProposed: true,
    leftovers: ended(proposed(table, grantedOn(customerId, 'server', id)), (grant) =>
      isOlder(grant.stamp) ? ending(grant, now) : undefined,
    ),
  }
}

type Stored = Versioned<StoredGrant>

const keyOf = ({ customerId, userId, resource }: StoredGrant) =>
  keys.grant(customerId, userId, resource.kind, resource.id)

const isOfMain = ({ resource }: StoredGrant) => resource.kind === 'project' && resource.id === mainProjectId

/** What was said after the end is about whoever has the name then. */
function removalAfter(table: Table, end: Stamp, missing: Missing, now: Instant) {
  return async (before: Stored): Promise<OrphanedGrant> => {
    const write = { remove: keyOf(before), expectedVersion: before.version }
    const stamps = factsAfterEnd(before, end)
    const returned = await Promise.all(stamps.map((stamp) => restoreDelivery(table, stamp, missing, now)))
    return { before, write, returned: returned.flat() }
  }
}

function ending(before: Stored, now: Instant): OrphanedGrant | undefined {
  if (before.revoked) return undefined
  const terms = { roles: [], capabilities: [], expiresAt: undefined, reason: undefined }
  const tombstone = grantItem({ ...before, ...terms, revoked: true }, tombstoneTtl(dateOf(now)))
  return { before, write: { put: tombstone, expectedVersion: before.version } }
}

/** Strongly read. */
async function* collectionOf(table: Table, { pk, sk }: Key): AsyncGenerator<Stored> {
  for await (const item of table.queryAll({ partition: pk })) {
    const grant = item.sk === sk ? undefined : asGrant(item)
    if (grant) yield grant
  }
}

const readAtOnce = 100

/** Proposed by the index, strongly read. */
async function* proposed(table: Table, partition: string): AsyncGenerator<Stored> {
  const wanted: Key[] = []
  const read = async () => (await table.getMany(wanted.splice(0))).map(asGrant)
  for await (const { pk, sk } of table.queryAll({ index: indexes.grantsByResource, partition })) {
    if (wanted.push({ pk, sk }) === readAtOnce) yield* present(await read())
  }
  yield* present(await read())
}

const present = (grants: (Stored | undefined)[]) => grants.filter((grant) => grant !== undefined)

async function* ended(
  stored: AsyncIterable<Stored>,
  how: (grant: Stored) => OrphanedGrant | undefined | Promise<OrphanedGrant>,
): AsyncGenerator<OrphanedGrant> {
  for await (const grant of stored) {
    const leftover = await how(grant)
    if (leftover) yield leftover
  }
}

/** The register of Main goes with its copy, in the last transaction. */
async function* mainLast(leftovers: AsyncIterable<OrphanedGrant>): AsyncGenerator<OrphanedGrant> {
  let main: OrphanedGrant | undefined
  for await (const leftover of leftovers) {
    if (isOfMain(leftover.before)) main = leftover
    else yield leftover
  }
  if (main) yield main
}
