import { type GrantedResource, tombstoneDays, type StoredGrant } from '../domain/entities/grant.ts'
import type { Stamp } from '../domain/values/instant.ts'
import type { Item, Versioned } from '../table/item.ts'
import { grantedOn, keys, parseGrantKey } from '../table/keys.ts'
import type { Page, Position } from '../table/query.ts'
import { indexes } from '../table/schema.ts'
import type { Table } from '../table/table.ts'

/** Seconds since the epoch at which a tombstone made now expires. */
export const tombstoneTtl = (now: Date) => Math.floor(now.getTime() / 1000) + tombstoneDays * 86_400

export const grantKeyOf = ({ kind, id }: GrantedResource) => `${kind}/${id}`

/**
 * Leaves out what the key holds: a decision reads all of a user's grants, and twenty have to fit into two read units.
 * `ttl` only for a tombstone without which no type would give the membership: the removal of an admin has to stay.
 */
export function grantItem(grant: StoredGrant, ttl?: number) {
  const { customerId, userId, resource, stamp, revoked, roles, capabilities, ...terms } = grant
  const { source, grantedBy, grantedAt, expiresAt, reason, created, older } = terms
  return {
    ...keys.grant(customerId, userId, resource.kind, resource.id),
    stamp,
    revoked,
    roles: roles.length > 0 ? roles : undefined,
    capabilities: capabilities.length > 0 ? capabilities : undefined,
    source,
    grantedBy,
    grantedAt,
    expiresAt,
    reason,
    created,
    older,
    grantedOn: revoked ? undefined : grantedOn(customerId, resource.kind, resource.id),
    grantedTo: revoked ? undefined : userId,
    ttl,
  }
}

type Stored = Versioned<
  Omit<StoredGrant, 'roles' | 'capabilities' | keyof ReturnType<typeof parseGrantKey>>
> &
  Partial<Pick<StoredGrant, 'roles' | 'capabilities'>>

export function asGrant(item: Item | undefined): Versioned<StoredGrant> | undefined {
  if (!item) return undefined
  const { roles = [], capabilities = [], ...terms } = item as Item & Stored
  return { ...terms, ...parseGrantKey(item), roles, capabilities }
}

/** The record of a revocation that waits for its user or resource. */
export type WaitingRevocation = { stamp: Stamp }
export const asWaitingRevocation = (item: Item | undefined) =>
  item as Versioned<WaitingRevocation> | undefined

/**
 * Ids of the users with a stored grant on the resource, in order, beginning with `from`. The index may lag: read each
 * user strongly.
 */
export async function listHolders(
  table: Table,
  customerId: string,
  { kind, id }: GrantedResource,
  page: { limit?: number; after?: Position | undefined; from?: string | undefined },
): Promise<Page<string>> {
  const { items, next } = await table.queryPage({
    index: indexes.grantsByResource,
    partition: grantedOn(customerId, kind, id),
    after: page.after,
    from: page.from,
    ...(page.limit !== undefined && { limit: page.limit }),
  })
  return { items: items.map(({ grantedTo }) => String(grantedTo)), next }
}

/** Ids out of the index, and the last that was looked at where there are more. */
type ProposedHolders = { ids: string[]; upTo?: string | undefined }

/**
 * Users with a grant on the resource, in order, as the index has it among `limit` entries from that id on. `byType`: of
 * Main, only those whose type comes with the membership.
 */
export async function proposeHolders(
  reads: Pick<Table, 'queryPage'>,
  customerId: string,
  { kind, id }: GrantedResource,
  { byType, ...part }: { limit: number; from?: string | undefined; byType?: boolean | undefined },
): Promise<ProposedHolders> {
  const { items, next } = await reads.queryPage({
    index: indexes.grantsByResource,
    partition: grantedOn(customerId, kind, id),
    ...part,
  })
  const proposed = byType ? items.filter(({ sk }) => sk === 'USER') : items
  return { ids: proposed.map(({ grantedTo }) => String(grantedTo)), upTo: next?.grantedTo }
}
